import { Duplex, PassThrough } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { expect, it } from 'vitest';
import { createShellChannel } from '../../../../main/adapters/ssh/shell-channel.ts';
import { createTimeBudget } from '../../../../main/adapters/ssh/time-budget.ts';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

/** The other end of a channel, which may say what it likes. */
class Guest extends Duplex {
  readonly stderr = new PassThrough();
  /** The marks of the commands that came, in their order. */
  readonly marks: string[] = [];

  override _read(): void {}
  override _write(line: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.marks.push(/vigil-[0-9a-f]{24}/.exec(line.toString())?.[0] ?? '');
    done();
  }
  say(words: string | Buffer): Promise<void> {
    this.push(words);
    return new Promise((resolve) => setImmediate(resolve));
  }
}

const never = createStopSource().signal;

function rig() {
  const clock = new ManualClock();
  const guest = new Guest();
  const shell = createShellChannel(guest as unknown as ClientChannel);
  const ask = (command = 'x') => shell.say(command, Number.POSITIVE_INFINITY, createTimeBudget(clock, 5000, never));
  return { clock, guest, shell, ask };
}

const said = (stdout: string, exitCode: number | null = 0) => ({ kind: 'said', output: { exitCode, stdout } });

it('finds the mark wherever the stream is cut', async () => {
  for (let cut = 1; cut < 44; cut++) {
    const { guest, ask } = rig();
    const answers = Promise.all([ask(), ask()]);
    const [first, second] = guest.marks;
    const stream = `one\n${first} 0\ntwo${second} 130\n`;
    await guest.say(stream.slice(0, cut));
    await guest.say(stream.slice(cut));
    expect(await answers).toEqual([said('one\n'), said('two', 130)]);
  }
});

it('takes no mark but the one it gave: not an older one, not one that comes to nobody, not a part of one', async () => {
  const { guest, ask } = rig();
  const first = ask();
  const [old] = guest.marks;
  await guest.say(`${old} 0\n${old} 0\n`);
  expect(await first).toEqual(said(''));
  const second = ask();
  const mark = guest.marks[1] ?? '';
  expect(mark).not.toBe(old);
  const noise = `${old} 0\nvigil-\n${mark.slice(0, -1)} 0\n`;
  await guest.say(noise);
  await guest.say(`${mark} 4\n`);
  expect(await second).toEqual(said(noise, 4));
});

it('a mark with anything but an exit code behind it ends the command without one', async () => {
  const { guest, ask } = rig();
  const answer = ask();
  await guest.say(`words${guest.marks[0]}`);
  await guest.say(' 12345678 and no line feed');
  expect(await answer).toEqual(said('words', null));
});

it('keeps 64 KiB of endless output, holds no more, and still finds the end', async () => {
  const { guest, ask } = rig();
  const answer = ask();
  for (let index = 0; index < 200; index++) await guest.say(Buffer.alloc(32 * 1024, 97));
  await guest.say(`${guest.marks[0]} 0\n`);
  expect(await answer).toEqual(said('a'.repeat(64 * 1024)));
});

it('bytes that are no text and the noise on the error output do no harm', async () => {
  const { guest, ask } = rig();
  const answer = ask();
  guest.stderr.write(`${guest.marks[0]} 0\n`);
  await guest.say(Buffer.from([0xff, 0x00, 0xc3]));
  await guest.say(`${guest.marks[0]} 0\n`);
  expect(await answer).toEqual(said('\uFFFD\u0000\uFFFD'));
});

it('tells whom the end of the shell met and whom it did not, and takes nothing more', async () => {
  const { guest, shell, ask } = rig();
  const answers = Promise.all([ask(), ask(), ask()]);
  await guest.say(`${guest.marks[0]} 0\nhalf`);
  guest.emit('exit', 3);
  guest.emit('close');
  expect(await answers).toEqual([
    said(''),
    { kind: 'ended', output: { exitCode: 3, stdout: 'half' } },
    { kind: 'not-run' },
  ]);
  expect(shell.isOpen).toBe(false);
  expect(await ask()).toEqual({ kind: 'not-run' });
});

it('a shell that says nothing is late, and leaves no timer', async () => {
  const { clock, ask } = rig();
  const answer = ask();
  await clock.advance(5000);
  expect(await answer).toEqual({ kind: 'late' });
  expect(clock.waiting).toBe(0);
});
