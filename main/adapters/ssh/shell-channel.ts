import { randomBytes } from 'node:crypto';
import type { ClientChannel } from 'ssh2';
import type { TimeBudget } from './time-budget.ts';

/**
 * A running `sh` on a channel, fed with commands. They go out at once and the shell works through them in order: the way
 * there and back is waited for once, however many wait. What the shell says is not trusted: a command's output ends at a
 * mark that nobody can know before the command was sent.
 */
export interface ShellChannel {
  readonly isOpen: boolean;
  say(command: string, limitMs: number, budget: TimeBudget): Promise<ShellAnswer>;
  destroy(): void;
}

export type ShellAnswer =
  | { readonly kind: 'said'; readonly output: ShellOutput }
  /** The shell ended while it ran this command; what it had said until then, and how it ended. */
  | { readonly kind: 'ended'; readonly output: ShellOutput }
  /** The shell ended before it came to this command. */
  | { readonly kind: 'not-run' }
  | { readonly kind: 'late' | 'cancelled' };

export interface ShellOutput {
  readonly exitCode: number | null;
  readonly stdout: string;
}

const largestOutputBytes = 64 * 1024;

interface Turn {
  readonly output: MarkedOutput;
  answer(answer: ShellAnswer): void;
}

export function createShellChannel(channel: ClientChannel): ShellChannel {
  /** In the order in which they were sent. */
  const turns: Turn[] = [];
  let isOpen = true;
  let endedWith: number | null = null;

  channel.on('data', (chunk: Buffer) => {
    for (let rest: Buffer | null = chunk; rest !== null; ) {
      const [turn] = turns;
      if (turn === undefined) return;
      rest = turn.output.add(rest);
      if (rest === null) return;
      turns.shift();
      turn.answer({ kind: 'said', output: turn.output.take(turn.output.exitCode()) });
    }
  });
  channel.once('exit', (code: number | null) => {
    endedWith = typeof code === 'number' ? code : null;
  });
  channel.once('close', () => {
    isOpen = false;
    const [running, ...others] = turns.splice(0);
    running?.answer({ kind: 'ended', output: running.output.take(endedWith) });
    for (const turn of others) turn.answer({ kind: 'not-run' });
  });
  // A stream error without a listener would end the engine.
  channel.on('error', () => {});
  channel.stderr.on('error', () => {});
  channel.stderr.resume();

  return {
    get isOpen() {
      return isOpen;
    },
    say: async (command, limitMs, budget) => {
      if (!isOpen) return { kind: 'not-run' };
      const mark = `vigil-${randomBytes(12).toString('hex')}`;
      const end = await budget.step<ShellAnswer>(limitMs, (answer) => {
        turns.push({ output: createMarkedOutput(mark), answer });
        channel.write(`{ ${command}\n} </dev/null; echo "${mark} $?"\n`);
        // Stays in its place: the shell may come to it yet, and what comes after it must not get its words.
        return () => {};
      });
      return end.kind === 'done' ? end.value : end;
    },
    destroy: () => {
      channel.destroy();
    },
  };
}

interface MarkedOutput {
  /** Null while the mark has not come; otherwise what came after it. */
  add(chunk: Buffer): Buffer | null;
  exitCode(): number | null;
  take(exitCode: number | null): ShellOutput;
}

/** Up to the mark; the first 64 KiB are kept. */
function createMarkedOutput(mark: string): MarkedOutput {
  /** The mark, a blank, an exit code of at most three digits, a line feed. */
  const longestEnd = mark.length + 5;
  const kept: Buffer[] = [];
  let room = largestOutputBytes;
  let code: number | null = null;
  /** May be the beginning of the mark. */
  let undecided: Buffer = Buffer.alloc(0);
  const keep = (bytes: Buffer) => {
    if (room === 0 || bytes.length === 0) return;
    const part = bytes.subarray(0, room);
    room -= part.length;
    kept.push(part);
  };
  return {
    add: (chunk) => {
      const bytes = undecided.length === 0 ? chunk : Buffer.concat([undecided, chunk]);
      const at = bytes.indexOf(mark);
      if (at < 0) {
        const decided = Math.max(0, bytes.length - mark.length);
        keep(bytes.subarray(0, decided));
        undecided = bytes.subarray(decided);
        return null;
      }
      const end = /^ (\d{1,3})\n/.exec(bytes.toString('latin1', at + mark.length, at + longestEnd));
      if (end === null && bytes.length < at + longestEnd) {
        keep(bytes.subarray(0, at));
        undecided = bytes.subarray(at);
        return null;
      }
      keep(bytes.subarray(0, at));
      undecided = Buffer.alloc(0);
      code = end === null ? null : Number(end[1]);
      return bytes.subarray(at + mark.length + (end?.[0].length ?? 0));
    },
    exitCode: () => code,
    take: (exitCode) => {
      keep(undecided);
      return { exitCode, stdout: Buffer.concat(kept).toString('utf8') };
    },
  };
}
