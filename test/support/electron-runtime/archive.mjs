// As much of tar and zip as it takes to get files out of a package, without a dependency and without holding it in memory.
import { createReadStream, createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createInflateRaw } from 'node:zlib';

const tarBlock = 512;

/**
 * Writes one member of a gzipped tar archive to `target`.
 * @param {string} archive
 * @param {string} member
 * @param {string} target
 */
export async function extractTarMember(archive, member, target) {
  /** @type {Buffer} */
  let pending = Buffer.alloc(0);
  /** Bytes of the current member still to come, and of the padding after it. */
  let body = 0;
  let padding = 0;
  let isWanted = false;
  let wasFound = false;

  async function* wantedBytes(/** @type {AsyncIterable<Buffer>} */ source) {
    for await (const chunk of source) {
      pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk;
      while (pending.length > 0) {
        if (body > 0) {
          const part = pending.subarray(0, body);
          if (isWanted) yield part;
          body -= part.length;
          pending = pending.subarray(part.length);
        } else if (padding > 0) {
          const skipped = Math.min(padding, pending.length);
          padding -= skipped;
          pending = pending.subarray(skipped);
        } else {
          if (pending.length < tarBlock) break;
          const header = pending.subarray(0, tarBlock);
          pending = pending.subarray(tarBlock);
          body = Number.parseInt(text(header, 124, 12), 8) || 0;
          padding = (tarBlock - (body % tarBlock)) % tarBlock;
          isWanted = text(header, 0, 100) === member;
          wasFound ||= isWanted;
        }
      }
    }
    // Read to the end even so: leaving early would end the pipeline as aborted.
    if (!wasFound) throw new Error(`${member} is not in ${path.basename(archive)}`);
  }

  await pipeline(createReadStream(archive), createGunzip(), wantedBytes, createWriteStream(target));
}

/**
 * @param {Buffer} block
 * @param {number} start
 * @param {number} length
 */
function text(block, start, length) {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end < 0 ? length : end).trim();
}

/** @typedef {{ name: string, mode: number, method: number, compressedSize: number, headerAt: number }} ZipEntry */

/**
 * Writes the files of a zip archive for which `place` names a target.
 * @param {string} archive
 * @param {(name: string) => string | null} place
 */
export async function extractZip(archive, place) {
  const file = await open(archive, 'r');
  try {
    for (const entry of await zipEntries(file)) {
      const target = entry.name.endsWith('/') ? null : place(entry.name);
      if (target === null) continue;
      mkdirSync(path.dirname(target), { recursive: true });
      // The local header repeats the name and has an extra field of its own length.
      const local = await readAt(file, entry.headerAt, 30);
      const start = entry.headerAt + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
      const mode = entry.mode & 0o777 || 0o644;
      if (entry.compressedSize === 0) {
        writeFileSync(target, '', { mode });
        continue;
      }
      const output = createWriteStream(target, { mode });
      const packed = createReadStream(archive, { start, end: start + entry.compressedSize - 1 });
      if (entry.method === 0) await pipeline(packed, output);
      else if (entry.method === 8) await pipeline(packed, createInflateRaw(), output);
      else throw new Error(`${entry.name}: unknown compression ${entry.method}`);
    }
  } finally {
    await file.close();
  }
}

/**
 * The archive's table of contents, from its end.
 * @param {import('node:fs/promises').FileHandle} file
 * @returns {Promise<ZipEntry[]>}
 */
async function zipEntries(file) {
  const { size } = await file.stat();
  const tailLength = Math.min(size, 65_557);
  const tail = await readAt(file, size - tailLength, tailLength);
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw new Error('not a zip archive');
  const count = tail.readUInt16LE(end + 10);
  const tableAt = tail.readUInt32LE(end + 16);
  if (count === 0xffff || tableAt === 0xffffffff) throw new Error('zip64 is not read here');
  const table = await readAt(file, tableAt, tail.readUInt32LE(end + 12));
  const entries = [];
  for (let at = 0, index = 0; index < count; index++) {
    const nameLength = table.readUInt16LE(at + 28);
    entries.push({
      name: table.toString('utf8', at + 46, at + 46 + nameLength),
      mode: table.readUInt32LE(at + 38) >>> 16,
      method: table.readUInt16LE(at + 10),
      compressedSize: table.readUInt32LE(at + 20),
      headerAt: table.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + table.readUInt16LE(at + 30) + table.readUInt16LE(at + 32);
  }
  return entries;
}

/**
 * @param {import('node:fs/promises').FileHandle} file
 * @param {number} position
 * @param {number} length
 */
async function readAt(file, position, length) {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead !== length) throw new Error('the archive ends too early');
  return buffer;
}
