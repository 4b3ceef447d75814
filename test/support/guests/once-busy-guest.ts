import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';

/**
 * Makes a qcow2 image with a guest that keeps its processor busy until it is restarted, and is at rest from then on: a boot
 * sector that leaves a mark on its disk the first time.
 */
export function makeOnceBusyGuest(image: string): void {
  const raw = `${image}.raw`;
  const sector = Buffer.alloc(512);
  Buffer.from(
    [
      // ds and es are 0; es:bx = 0:7e00
      [0x31, 0xc0, 0x8e, 0xd8, 0x8e, 0xc0, 0xbb, 0x00, 0x7e],
      // int 13h: read 1 sector of disk 80h, the second one
      [0xb8, 0x01, 0x02, 0xb9, 0x02, 0x00, 0xba, 0x80, 0x00, 0xcd, 0x13],
      // the mark is there: rest
      [0x80, 0x3e, 0x00, 0x7e, 0x56, 0x74, 0x15],
      // leave it, and write the sector
      [0xc6, 0x06, 0x00, 0x7e, 0x56, 0xbb, 0x00, 0x7e],
      [0xb8, 0x01, 0x03, 0xb9, 0x02, 0x00, 0xba, 0x80, 0x00, 0xcd, 0x13],
      // here: jmp here
      [0xeb, 0xfe],
      // rest: wait for the next tick of the clock, again and again
      [0xf4, 0xeb, 0xfd],
    ].flat(),
  ).copy(sector);
  sector.writeUInt16LE(0xaa55, 510);
  writeFileSync(raw, sector);
  truncateSync(raw, 1024 * 1024);
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, image]);
}
