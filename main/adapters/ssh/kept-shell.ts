import { randomBytes } from 'node:crypto';
import type { ClientChannel } from 'ssh2';
import type { CommandEnd } from './run-remote-command.ts';
import type { SshConnection } from './ssh-connection.ts';
import type { TimeBudget } from './time-budget.ts';

/**
 * A plain `sh` on a channel that stays, fed one command after another: opening a channel and starting a login shell for each
 * costs more than most commands. Each command runs in a subshell of its own with no input, so that it leaves nothing to the
 * next one. Commands wait for each other.
 */
export interface KeptShell {
  /** `no-shell` when the other side has none: nothing was run then, and the connection is as it was. */
  run(command: string, budget: TimeBudget): Promise<CommandEnd | { readonly kind: 'no-shell' }>;
}

/** A side that runs something else in place of a shell may just sit there. */
const probeMs = 3000;

const largestOutputBytes = 64 * 1024;

export function createKeptShell(connection: SshConnection): KeptShell {
  let shell: ClientChannel | null = null;
  let isMissing = false;
  let last: Promise<unknown> = Promise.resolve();
  const open = () =>
    new Promise<ClientChannel | null>((resolve) => {
      const stop = connection.whenClosed(() => resolve(null));
      try {
        connection.client.exec('exec sh', (error, channel) => {
          stop();
          if (error !== undefined) return resolve(null);
          // A stream error without a listener would end the engine.
          channel.on('error', () => {});
          channel.stderr.on('error', () => {});
          resolve(channel);
        });
      } catch {
        resolve(null);
      }
    });

  const missing = (): { readonly kind: 'no-shell' } => {
    isMissing = true;
    return { kind: 'no-shell' };
  };
  const speak = async (channel: ClientChannel, command: string, limitMs: number, budget: TimeBudget) => {
    const mark = `vigil-${randomBytes(12).toString('hex')}`;
    const stdout = createMarkedStream(mark);
    const stderr = createMarkedStream(mark);
    const end = await budget.step<'marked' | 'closed'>(limitMs, (done) => {
      const finish = (how: 'marked' | 'closed') => {
        release();
        done(how);
      };
      const take = (stream: typeof stdout) => (chunk: Buffer) => {
        stream.add(chunk);
        if (stdout.isComplete() && stderr.isComplete()) finish('marked');
      };
      const onOut = take(stdout);
      const onError = take(stderr);
      const onClose = () => finish('closed');
      const release = () => {
        channel.off('data', onOut);
        channel.stderr.off('data', onError);
        channel.off('close', onClose);
      };
      channel.on('data', onOut);
      channel.stderr.on('data', onError);
      channel.once('close', onClose);
      channel.write(`( ${command}\n) </dev/null; c=$?; echo "${mark} $c"; echo "${mark} $c" >&2\n`);
      return release;
    });
    const output = { exitCode: stdout.code(), stdout: stdout.text(), stderr: stderr.text() };
    return { how: end.kind === 'done' ? end.value : end.kind, output };
  };

  const run = async (command: string, budget: TimeBudget): Promise<CommandEnd | { readonly kind: 'no-shell' }> => {
    /** With time left it is the shell that does not answer; without, it may be the connection. */
    const tooLate = (): { readonly kind: 'no-shell' | 'late' } => {
      if (budget.remainingMs() > 0) return missing();
      connection.destroy();
      return { kind: 'late' };
    };
    if (isMissing) return { kind: 'no-shell' };
    if (shell === null) {
      const opening = await budget.wait(probeMs, open());
      if (opening.kind === 'cancelled') return opening;
      if (opening.kind === 'late') return tooLate();
      if (opening.value === null) return missing();
      const channel = opening.value;
      const probe = await speak(channel, ':', probeMs, budget);
      if (probe.how !== 'marked') {
        channel.destroy();
        if (probe.how === 'cancelled') return { kind: 'cancelled' };
        return probe.how === 'late' ? tooLate() : missing();
      }
      shell = channel;
      channel.once('close', () => {
        shell = null;
      });
    }
    const { how, output } = await speak(shell, command, Number.POSITIVE_INFINITY, budget);
    switch (how) {
      case 'marked':
        return { kind: 'done', output };
      case 'closed':
        // The command ended its own shell, as by `kill $$`; or all is gone.
        return connection.isOpen ? { kind: 'done', output: { ...output, exitCode: null } } : { kind: 'broken' };
      case 'late':
      case 'cancelled':
        connection.destroy();
        return { kind: how };
    }
  };
  return {
    run: (command, budget) => {
      const result = last.then(() => run(command, budget));
      last = result.catch(() => undefined);
      return result;
    },
  };
}

/** A stream up to the line that ends a command; keeps the first 64 KiB and looks for the mark at the end alone. */
function createMarkedStream(mark: string) {
  const pattern = new RegExp(`${mark} (\\d+)\\n$`);
  let head = '';
  let kept = 0;
  let tail = '';
  let exitCode: number | null = null;
  return {
    add: (chunk: Buffer) => {
      const room = largestOutputBytes + mark.length + 8 - kept;
      if (room > 0) head += chunk.toString('latin1', 0, room);
      kept += Math.min(Math.max(room, 0), chunk.length);
      tail = (tail + chunk.toString('latin1')).slice(-(mark.length + 8));
      const found = pattern.exec(tail)?.[1];
      if (found !== undefined) exitCode = Number(found);
    },
    isComplete: () => exitCode !== null,
    code: () => exitCode,
    text: () => Buffer.from(head.replace(pattern, ''), 'latin1').subarray(0, largestOutputBytes).toString('utf8'),
  };
}
