import type { ClientChannel } from 'ssh2';
import { VigilError } from '../../contract/failure.ts';
import type { SshOutput } from '../../engine/ports/ssh.ts';
import type { SshConnection } from './ssh-connection.ts';
import type { TimeBudget } from './time-budget.ts';

const largestOutputBytes = 64 * 1024;

/** Why a command did not run to its end. `unopened`: the connection was gone before anything was started. */
export type CommandEnd =
  | { readonly kind: 'done'; readonly output: SshOutput }
  | { readonly kind: 'unopened' | 'broken' | 'late' | 'cancelled' }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Runs one command on a channel of its own. A connection whose command is late may be half open, and nobody else would
 * notice: it is destroyed, and the next call opens a new one.
 */
export async function runRemoteCommand(
  connection: SshConnection,
  command: string,
  limits: { readonly channelMs: number },
  budget: TimeBudget,
): Promise<CommandEnd> {
  let exitCode: number | null = null;
  let hasExited = false;
  const opening = await budget.step<ClientChannel | 'gone' | Error>(limits.channelMs, (done) => {
    const stop = connection.whenClosed(() => done('gone'));
    try {
      connection.client.exec(command, (error, channel) => {
        stop();
        if (error !== undefined) {
          done(connection.isOpen ? error : 'gone');
          return;
        }
        // Listened for at once: a quick command's end may stand in the same packet as the answer that opened its channel.
        channel.once('exit', (code: number | null) => {
          exitCode = typeof code === 'number' ? code : null;
          hasExited = true;
        });
        done(channel);
      });
    } catch {
      done('gone');
    }
    return () => {
      stop();
      connection.destroy();
    };
  });
  if (opening.kind !== 'done') {
    // Also when no time was left to begin with: what used it up may have been this connection.
    connection.destroy();
    return { kind: opening.kind };
  }
  if (opening.value === 'gone') return { kind: 'unopened' };
  if (opening.value instanceof Error) return { kind: 'refused', reason: opening.value.message };
  const channel = opening.value;
  const stdout = createHead();
  channel.on('data', stdout.add);
  channel.stderr.resume();
  // A stream error without a listener would end the engine; the close that follows tells the same.
  channel.on('error', () => {});
  channel.stderr.on('error', () => {});
  const end = await budget.step<true>(Number.POSITIVE_INFINITY, (done) => {
    channel.once('close', () => done(true));
    // It reads no input from us.
    channel.end();
    return () => connection.destroy();
  });
  if (end.kind !== 'done') return { kind: end.kind };
  if (!hasExited && !connection.isOpen) return { kind: 'broken' };
  return { kind: 'done', output: { exitCode, stdout: stdout.text() } };
}

/** Keeps the first 64 KiB and counts on the deadline to end a stream that never does. */
function createHead() {
  const chunks: Buffer[] = [];
  let left = largestOutputBytes;
  return {
    add: (chunk: Buffer) => {
      if (left <= 0) return;
      const kept = chunk.subarray(0, left);
      left -= kept.length;
      chunks.push(kept);
    },
    text: () => Buffer.concat(chunks).toString('utf8'),
  };
}

/** The failure that a caller of the port sees. */
export function commandFailure(end: Exclude<CommandEnd, { kind: 'done' }>, where: string): VigilError {
  switch (end.kind) {
    case 'late':
      return new VigilError('timeout', `The command on ${where} did not end in time.`);
    case 'cancelled':
      return new VigilError('cancelled', `The command on ${where} was cancelled.`);
    case 'refused':
      return new VigilError('refused', `${where} does not run the command: ${end.reason}`);
    case 'unopened':
    case 'broken':
      return new VigilError('unreachable', `The connection to ${where} broke.`);
  }
}
