import { execFileSync } from 'node:child_process';
import { readFileSync, statfsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  guestReportCommand,
  guestRoutineCommand,
  readGuestReport,
} from '../../../../main/engine/metrics/guest-report.ts';

/** Debian's, and the one that most accounts log in with. The tiny Linux guest has busybox's. */
const shells = [['dash'], ['bash'], ['bash', '--posix']] as const;

const sayIn = ([program, ...args]: readonly string[], command: string) =>
  execFileSync(program ?? '', [...args, '-c', command], { encoding: 'utf8' });

describe.each(shells.map((shell) => [shell.join(' '), shell] as const))('in %s', (_name, shell) => {
  it('the report tells what this computer says of itself', () => {
    const reading = readGuestReport(sayIn(shell, guestReportCommand), 0);
    const epoch = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const disk = statfsSync('/');
    const used = disk.blocks - disk.bfree;
    expect(reading).toMatchObject({ epoch, cpu: { busy: expect.any(Number), total: expect.any(Number) } });
    expect(reading?.diskPercent).toBeCloseTo((100 * used) / (used + disk.bavail), 0);
    expect(reading?.memoryPercent).toBeGreaterThan(0);
    expect(reading?.networkInBytes).toBeTypeOf('number');
    expect(reading?.diskReadBytes).toBeTypeOf('number');
  });

  it('the routine part starts no process', () => {
    // Without a PATH there is no program to start: all it uses is the shell's own.
    const alone = `PATH=/nowhere; ${guestRoutineCommand}`;
    expect(readGuestReport(sayIn(shell, alone), 0)).toMatchObject({ cpu: expect.anything(), diskPercent: null });
  });

  it('a part that cannot be read is missing, and the others are there', () => {
    const command = guestReportCommand.replace('/proc/diskstats', '/proc/no-such-file');
    expect(readGuestReport(sayIn(shell, command), 0)).toMatchObject({
      diskReadBytes: null,
      networkInBytes: expect.any(Number),
    });
  });
});
