/**
 * The ELF image inside a bzImage that is packed with LZ4, as Debian's are; null for one that is packed otherwise. QEMU starts it
 * directly (PVH), and the guest need not unpack it: a second of its processor where that is emulated.
 */
export function unpackedKernel(bzImage: Buffer): Buffer | null {
  const setupBytes = (bzImage.readUInt8(setupSectorsAt) + 1) * sectorBytes;
  const from = setupBytes + bzImage.readUInt32LE(payloadOffsetAt);
  const packed = bzImage.subarray(from, from + bzImage.readUInt32LE(payloadLengthAt));
  if (packed.length < 4 || packed.readUInt32LE(0) !== legacyMagic) return null;
  const blocks: Buffer[] = [];
  let at = 4;
  // The last four bytes tell how long the whole is.
  while (at + 4 < packed.length) {
    const length = packed.readUInt32LE(at);
    blocks.push(unpackedBlock(packed.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  const kernel = Buffer.concat(blocks);
  return kernel.subarray(0, 4).equals(elfMagic) ? kernel : null;
}

/** Fields of the header that Linux's boot protocol for x86 describes. */
const setupSectorsAt = 0x1f1;
const payloadOffsetAt = 0x248;
const payloadLengthAt = 0x24c;
const sectorBytes = 512;
const legacyMagic = 0x184c2102;
const elfMagic = Buffer.from('\x7fELF', 'latin1');
const mostBlockBytes = 8 * 1024 * 1024;
const leastMatch = 4;

/** One LZ4 block: literals, then a copy of what came before, again and again. */
function unpackedBlock(packed: Buffer): Buffer {
  const out = Buffer.alloc(mostBlockBytes);
  let read = 0;
  let written = 0;
  const next = (): number => packed.readUInt8(read++);
  /** Fifteen means that more follows, 255 that still more does. */
  const lengthOf = (nibble: number): number => {
    let length = nibble;
    if (nibble === 15) {
      let more = 255;
      while (more === 255) {
        more = next();
        length += more;
      }
    }
    return length;
  };
  while (read < packed.length) {
    const token = next();
    const literals = lengthOf(token >> 4);
    packed.copy(out, written, read, read + literals);
    read += literals;
    written += literals;
    // The last sequence has no copy.
    if (read >= packed.length) break;
    const back = next() | (next() << 8);
    const end = written + lengthOf(token & 15) + leastMatch;
    // It may reach into what it writes itself.
    while (written < end) {
      const some = Math.min(back, end - written);
      out.copyWithin(written, written - back, written - back + some);
      written += some;
    }
  }
  return out.subarray(0, written);
}
