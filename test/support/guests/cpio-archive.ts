/** One member of an archive. */
export interface CpioEntry {
  /** Without a leading slash. */
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link';
  /** Permission bits. */
  readonly mode: number;
  /** A file's bytes, or where a link points to. */
  readonly data?: Buffer | string;
}

const kinds = { file: 0o100000, folder: 0o040000, link: 0o120000 } as const;

/** An archive as Linux takes it for its first file system ("newc"). Everything belongs to root; the same input gives the same bytes. */
export function cpioArchive(entries: readonly CpioEntry[]): Buffer {
  const parts: Buffer[] = [];
  const add = (inode: number, name: string, mode: number, data: Buffer) => {
    const links = (mode & 0o170000) === kinds.folder ? 2 : 1;
    // Inode, mode, owner, group, links, time, size, device (2), device of a node (2), length of the name, checksum.
    const fields = [inode, mode, 0, 0, links, 0, data.length, 0, 0, 0, 0, Buffer.byteLength(name) + 1, 0];
    const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}${name}\0`;
    parts.push(padded(Buffer.from(header)), padded(data));
  };
  for (const [index, { name, kind, mode, data }] of entries.entries()) {
    add(index + 1, name, kinds[kind] | mode, Buffer.from(data ?? ''));
  }
  add(0, 'TRAILER!!!', 0, Buffer.alloc(0));
  return Buffer.concat(parts);
}

function padded(data: Buffer): Buffer {
  const rest = data.length % 4;
  return rest === 0 ? data : Buffer.concat([data, Buffer.alloc(4 - rest)]);
}
