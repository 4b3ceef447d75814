import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';

/** Bytes that the guest writes to its disk before it begins to turn. */
export const busyGuestWrites = 4096;

/**
 * Makes a qcow2 image with the smallest guest that works: a boot sector that writes eight sectors of its disk and then
 * keeps one virtual processor busy for ever.
 */
export function makeBusyGuest(image: string): void {
  const raw = `${image}.raw`;
  const sector = Buffer.alloc(512);
  Buffer.from(
    [
      // es:bx = 0:7c00, this sector and what lies behind it
      [0x31, 0xc0, 0x8e, 0xc0, 0xbb, 0x00, 0x7c],
      // int 13h: write 8 sectors of disk 80h, from the second one on
      [0xb8, 0x08, 0x03, 0xb9, 0x02, 0x00, 0xba, 0x80, 0x00, 0xcd, 0x13],
      // here: jmp here
      [0xeb, 0xfe],
    ].flat(),
  ).copy(sector);
  sector.writeUInt16LE(0xaa55, 510);
  writeFileSync(raw, sector);
  truncateSync(raw, 1024 * 1024);
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, image]);
}
