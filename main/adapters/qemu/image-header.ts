import { open } from 'node:fs/promises';

/**
 * What an image says of itself in its first bytes, read without a lock and without a tool: a header is one sector, so
 * that also the image of a running machine can be looked at, and a hostile one gets no chance to name other files.
 */
export type ImageHeader =
  | Qcow2Header
  | { readonly kind: 'raw'; readonly virtualBytes: number }
  /** An image format that is not used here. */
  | { readonly kind: 'other'; readonly format: string };

export interface Qcow2Header {
  readonly kind: 'qcow2';
  readonly version: number;
  readonly virtualBytes: number;
  /** As it is written there; relative to the folder of the image. */
  readonly backing: string | null;
  readonly isEncrypted: boolean;
  /** Its content lies in another file. */
  readonly hasDataFile: boolean;
  /** QEMU itself found it corrupt and wrote that down. */
  readonly isCorrupt: boolean;
  readonly snapshots: number;
}

const qcowMagic = 0x514649fb;
const headerBytes = 112;
const maxNameBytes = 1023;
const corruptBit = 0x2;
const dataFileBit = 0x4;

const otherFormats: readonly (readonly [magic: string, offset: number, format: string])[] = [
  ['KDMV', 0, 'vmdk'],
  ['# Disk DescriptorFile', 0, 'vmdk'],
  ['COWD', 0, 'vmdk'],
  ['vhdxfile', 0, 'vhdx'],
  ['conectix', 0, 'vhd'],
  ['QED\0', 0, 'qed'],
  ['LUKS', 0, 'luks'],
  ['\x7f\x10\xda\xbe', 0x40, 'vdi'],
  ['WithoutFreeSpace', 0, 'parallels'],
  ['WithouFreSpacExt', 0, 'parallels'],
];

/** Rejects when the file cannot be read. */
export async function readImageHeader(path: string): Promise<ImageHeader> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const head = Buffer.alloc(Math.max(headerBytes, 0x50));
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    if (bytesRead >= 72 && head.readUInt32BE(0) === qcowMagic) {
      if (head.readUInt32BE(4) === 1) return { kind: 'other', format: 'qcow' };
      return qcow2Header(head, async (length, position) => {
        const name = Buffer.alloc(length);
        const read = await file.read(name, 0, length, position);
        return name.toString('utf8', 0, read.bytesRead);
      });
    }
    const text = head.toString('latin1');
    const other = otherFormats.find(([magic, offset]) => text.startsWith(magic, offset));
    return other === undefined ? { kind: 'raw', virtualBytes: size } : { kind: 'other', format: other[2] };
  } finally {
    await file.close();
  }
}

async function qcow2Header(
  head: Buffer,
  readText: (length: number, position: number) => Promise<string>,
): Promise<Qcow2Header> {
  const version = head.readUInt32BE(4);
  const nameOffset = Number(head.readBigUInt64BE(8));
  const nameBytes = head.readUInt32BE(16);
  const features = version >= 3 ? head.readUInt32BE(76) : 0;
  return {
    kind: 'qcow2',
    version,
    virtualBytes: Number(head.readBigUInt64BE(24)),
    backing: nameOffset === 0 || nameBytes === 0 ? null : await readText(Math.min(nameBytes, maxNameBytes), nameOffset),
    isEncrypted: head.readUInt32BE(32) !== 0,
    hasDataFile: (features & dataFileBit) !== 0,
    isCorrupt: (features & corruptBit) !== 0,
    snapshots: head.readUInt32BE(60),
  };
}
