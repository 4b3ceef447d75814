import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';

/** What a guest does about the power button. */
export type ButtonReaction =
  | 'powers off'
  /** The first press is lost on it. */
  | 'powers off at the second press'
  | 'panics'
  /** It hears the button and does nothing. */
  | 'ignores it';

/** What it writes to its serial console once it listens. */
export const buttonGuestIsReady = '<ready>';

/**
 * Makes a qcow2 image with the smallest guest that knows ACPI: a boot sector that arms the power button of the PIIX4 chip
 * and waits for it, halted between looks. Boots in well under a second and needs no operating system.
 */
export function makeButtonGuest(image: string, reaction: ButtonReaction): void {
  const raw = `${image}.raw`;
  writeFileSync(raw, bootSector(reaction));
  truncateSync(raw, 1024 * 1024);
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, image]);
}

/** Registers of the PIIX4's power management as SeaBIOS places them: status 0x600, enable 0x602, control 0x604. */
function bootSector(reaction: ButtonReaction): Buffer {
  const say = [...Buffer.from(`${buttonGuestIsReady}\n`)].flatMap((byte) => [0xb0, byte, 0xee]); // mov al; out dx, al
  const presses = reaction === 'powers off at the second press' ? 2 : 1;
  const code = [
    [0xfc],
    // COM1
    [0xba, 0xf8, 0x03],
    say,
    // PWRBTN_EN (bit 8) into the enable register
    [0xba, 0x02, 0x06, 0xb8, 0x00, 0x01, 0xef],
    // cx = presses to wait for
    [0xb9, presses, 0x00],
    // again: mov dx, 0x600; look: sti; hlt; in ax, dx; test ah, 1; jz look
    [0xba, 0x00, 0x06, 0xfb, 0xf4, 0xed, 0xf6, 0xc4, 0x01, 0x74, 0xf8],
    // a one clears the status bit; loop again
    [0xb8, 0x00, 0x01, 0xef, 0xe2, 0xef],
    act(reaction),
    // halt: sti; hlt; jmp halt
    [0xfb, 0xf4, 0xeb, 0xfc],
  ].flat();
  const sector = Buffer.alloc(512);
  Buffer.from(code).copy(sector);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

function act(reaction: ButtonReaction): readonly number[] {
  switch (reaction) {
    case 'powers off':
    case 'powers off at the second press':
      // SLP_EN with sleep type 0, which is "off" on this chip, into the control register
      return [0xba, 0x04, 0x06, 0xb8, 0x00, 0x20, 0xef];
    case 'panics':
      // "panicked" into the pvpanic device
      return [0xba, 0x05, 0x05, 0xb0, 0x01, 0xee];
    case 'ignores it':
      return [];
  }
}
