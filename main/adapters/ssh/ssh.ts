import path from 'node:path';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Log } from '../../engine/ports/log.ts';
import type { Ssh, SshCheck, SshTarget } from '../../engine/ports/ssh.ts';
import { createConnectionPool, type Lease } from './connection-pool.ts';
import { createHostKeyFiles, type HostKeyFiles, usualKnownHostsFiles } from './host-key-files.ts';
import { createKeptShell, type KeptShell } from './kept-shell.ts';
import { createNameLookup } from './name-lookup.ts';
import type { SshOpening } from './open-ssh.ts';
import { type CommandEnd, commandFailure, runRemoteCommand } from './run-remote-command.ts';
import { createSlots } from './slots.ts';
import type { SshConnection } from './ssh-connection.ts';
import { createTimeBudget, type TimeBudget } from './time-budget.ts';

export interface SshOptions {
  /** The data home; `known_hosts` in it is ours to write. */
  readonly home: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Read besides our own; those of the account and of the computer when absent. */
  readonly knownHostsFiles?: readonly string[];
  /** The SSH agent's socket; that of the environment when absent, none when null. */
  readonly agentPath?: string | null;
  /** How often a connection that is kept is asked whether it lives, given up after three silences; 20 s when absent. */
  readonly keepaliveMs?: number;
}

const handshakesAtOnce = 8;
const usualKeepaliveMs = 20_000;
const channelMs = 10_000;

/** The SSH port over ssh2. Whoever made it calls `forget()` at the end. */
export function createSsh(options: SshOptions): Ssh {
  const { clock, log } = options;
  const hostKeys = createHostKeyFiles(
    path.join(options.home, 'known_hosts'),
    options.knownHostsFiles ?? usualKnownHostsFiles(),
  );
  let opener: Promise<Open> | null = null;
  const open: Open = async (...way) => {
    opener ??= loadOpener(options, hostKeys);
    return (await opener)(...way);
  };
  const pool = createConnectionPool(clock, async (target, timeoutMs, stop) => {
    const opening = await open(target, timeoutMs, stop.signal, options.keepaliveMs ?? usualKeepaliveMs);
    log.write('debug', 'ssh', opening.kind === 'open' ? 'connection opened' : opening.reason, { host: target.host });
    return opening;
  });
  /** Connections of checks that are being closed. */
  const partings = new Set<Promise<void>>();
  const shells = new WeakMap<SshConnection, KeptShell>();
  const runOn = async ({ connection, isReused }: Lease, command: string, budget: TimeBudget): Promise<CommandEnd> => {
    if (isReused) {
      // From the second command on: who is asked once only need not start a shell to keep.
      const shell = shells.get(connection) ?? createKeptShell(connection);
      shells.set(connection, shell);
      const end = await shell.run(command, budget);
      if (end.kind !== 'no-shell') return end;
    }
    return runRemoteCommand(connection, command, { channelMs }, budget);
  };

  return {
    check: async (target, timeoutMs, signal): Promise<SshCheck> => {
      const begunAt = clock.monotonicNow();
      const opening = await open(target, timeoutMs, signal, 0);
      const durationMs = clock.monotonicNow() - begunAt;
      if (opening.kind === 'failed') return { finding: opening.finding, reason: opening.reason, durationMs };
      // The answer is known; how long the other side takes to hang up is no part of it.
      const parting = opening.connection.end().finally(() => partings.delete(parting));
      partings.add(parting);
      return { finding: 'ok', reason: `${target.host} port ${target.port} let ${target.user} in.`, durationMs };
    },
    run: async (target, command, timeoutMs, signal) => {
      const budget = createTimeBudget(clock, timeoutMs, signal);
      const where = `${target.host} port ${target.port}`;
      for (;;) {
        const lease = await pool.lease(target, budget);
        try {
          const turn = await budget.step<() => void>(Number.POSITIVE_INFINITY, (done) => lease.commands.enter(done));
          if (turn.kind !== 'done') throw commandFailure(turn, where);
          const end = await runOn(lease, command, budget).finally(turn.value);
          if (end.kind === 'done') return end.output;
          // It died while it lay idle, as after a reboot of the guest: nothing was started, so that once more is safe.
          if (end.kind === 'unopened' && lease.isReused) {
            // Out of the pool first, or the next turn would find it again.
            await lease.connection.end();
            continue;
          }
          throw commandFailure(end, where);
        } finally {
          lease.giveBack();
        }
      }
    },
    layOutHostKeys: () => hostKeys.layOut(),
    forget: async (target) => {
      await pool.forget(target);
      if (target === undefined) await Promise.all(partings);
    },
  };
}

/** As `openSsh`, with what it needs. */
type Open = (target: SshTarget, timeoutMs: number, signal: StopSignal, keepaliveMs: number) => Promise<SshOpening>;

/** Half a megabyte of code: a fleet without SSH never loads it, and one that has some has its window first. */
async function loadOpener({ clock, agentPath }: SshOptions, hostKeys: HostKeyFiles): Promise<Open> {
  const [{ openSsh }, { createPrivateKeys }] = await Promise.all([
    import('./open-ssh.ts'),
    import('./private-keys.ts'),
  ]);
  const tools = {
    clock,
    names: createNameLookup(),
    hostKeys,
    keys: createPrivateKeys(),
    handshakes: createSlots(handshakesAtOnce),
    agentPath: () => (agentPath === undefined ? process.env.SSH_AUTH_SOCK || null : agentPath),
  };
  return (...way) => openSsh(tools, ...way);
}
