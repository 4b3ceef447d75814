import type { ClientChannel } from 'ssh2';
import type { CommandEnd } from './run-remote-command.ts';
import { createShellChannel, type ShellChannel } from './shell-channel.ts';
import type { SshConnection } from './ssh-connection.ts';
import type { StepEnd, TimeBudget } from './time-budget.ts';

/**
 * A plain `sh` on a channel that stays: opening a channel and starting a login shell costs more than most commands. The
 * commands run in that very shell, for a subshell would be one more process each time, and without input.
 */
export interface KeptShell {
  /** `no-shell` when the other side has none: the command was not run then, and the connection is as it was. */
  run(command: string, budget: TimeBudget): Promise<CommandEnd | { readonly kind: 'no-shell' }>;
}

/** A side that runs something else in place of a shell may just sit there. */
const probeMs = 3000;

type NotReady = { readonly kind: 'no-shell' | 'unopened' | 'late' | 'cancelled' };

export function createKeptShell(connection: SshConnection): KeptShell {
  let shell: ShellChannel | null = null;
  let isMissing = false;
  let opening: Promise<NotReady | null> | null = null;

  /** Null when it is there. */
  const open = async (budget: TimeBudget): Promise<NotReady | null> => {
    /** With time left it is the shell that does not answer; without, it may be the connection. */
    const notReady = (kind: 'late' | 'cancelled'): NotReady => {
      if (kind === 'cancelled') return { kind };
      if (budget.remainingMs() > 0) return missing();
      connection.destroy();
      return { kind: 'late' };
    };
    const missing = (): NotReady => {
      if (!connection.isOpen) return { kind: 'unopened' };
      isMissing = true;
      return { kind: 'no-shell' };
    };
    const channel = await openChannel(connection, budget);
    if (channel.kind !== 'done') return notReady(channel.kind);
    if (channel.value === null) return missing();
    const fresh = createShellChannel(channel.value);
    // What a command complains of is dropped where it is said: here it would be one more packet.
    const probe = await fresh.say('exec 2>/dev/null', probeMs, budget);
    if (probe.kind === 'said') {
      shell = fresh;
      return null;
    }
    fresh.destroy();
    return probe.kind === 'late' || probe.kind === 'cancelled' ? notReady(probe.kind) : missing();
  };
  const ready = async (budget: TimeBudget): Promise<ShellChannel | NotReady> => {
    for (;;) {
      if (shell?.isOpen === true) return shell;
      if (isMissing) return { kind: 'no-shell' };
      if (opening === null) {
        opening = open(budget).finally(() => {
          opening = null;
        });
        const fault = await opening;
        if (fault !== null) return fault;
      } else {
        // Whoever opens may give up where we do not: then it is our turn.
        const end = await budget.wait(Number.POSITIVE_INFINITY, opening);
        if (end.kind !== 'done') return end;
        if (!connection.isOpen) return { kind: 'unopened' };
      }
    }
  };
  return {
    run: async (command, budget) => {
      const channel = await ready(budget);
      if ('kind' in channel) return channel;
      const answer = await channel.say(command, Number.POSITIVE_INFINITY, budget);
      switch (answer.kind) {
        case 'said':
          return { kind: 'done', output: answer.output };
        case 'ended':
          // The command ended its own shell, as `exit` does; or all is gone.
          return connection.isOpen ? { kind: 'done', output: answer.output } : { kind: 'broken' };
        case 'not-run':
          return { kind: connection.isOpen ? 'no-shell' : 'unopened' };
        case 'late':
        case 'cancelled':
          connection.destroy();
          return answer;
      }
    },
  };
}

/** Null when the other side opens none. */
function openChannel(connection: SshConnection, budget: TimeBudget): Promise<StepEnd<ClientChannel | null>> {
  return budget.step<ClientChannel | null>(probeMs, (done) => {
    let isWanted = true;
    const stop = connection.whenClosed(() => done(null));
    try {
      connection.client.exec('exec sh', (error, channel) => {
        stop();
        if (error !== undefined) done(null);
        else if (isWanted) done(channel);
        else channel.on('error', () => {}).destroy();
      });
    } catch {
      done(null);
    }
    return () => {
      isWanted = false;
      stop();
    };
  });
}
