import { VigilError } from '../../contract/failure.ts';
import { freezeAtMostMs, type GuestLook, type MachineGuest } from '../../engine/ports/machine-guest.ts';
import { readAddresses, readFileSystems, readHostName, readOs } from './guest-agent-answers.ts';
import type { AgentSession } from './guest-agent-client.ts';
import { runInGuest } from './guest-command.ts';
import { isObject } from './json-line-socket.ts';
import type { LiveMachine } from './live-machine.ts';
import type { QemuContext } from './qemu-context.ts';

/** For the opening, and for each question. */
const callMs = 5_000;
const lookMs = 10_000;
/** Writing out what the guest holds in its memory comes before the freeze. */
const freezeMs = 10_000;
const thawAgainMs = 5_000;
/** Between the moment that was set and the reading of the clock. */
const clockToleranceMs = 5_000;

export interface QemuGuest extends MachineGuest {
  /** Lets go of everything that is held. Bounded. */
  close(): Promise<void>;
}

/** What the agent's channel of a run hangs on. */
type GuestRun = Pick<LiveMachine, 'id' | 'generation' | 'state' | 'client' | 'record'>;

export interface GuestPorts extends Pick<QemuContext, 'clock' | 'log' | 'agents'> {
  /** The present run of a machine; null when none is known or it has ended. */
  knownLive(id: string): GuestRun | null;
}

/** The guests of local machines, over the agent's channel of each. */
export function createQemuGuest(qemu: GuestPorts): QemuGuest {
  const { agents, clock, log } = qemu;
  /** Runs whose file systems are held, or may be. `undo` takes back the timer that will let go of them. */
  const held = new Map<string, { readonly id: string; readonly undo: () => void }>();
  let isClosed = false;

  const use = <T>(live: GuestRun, totalMs: number, work: (agent: AgentSession) => Promise<T>, givesWay = false) =>
    agents.use(live.record.paths.agent, { timeoutMs: callMs, totalMs, givesWay }, work);

  const openTo = async (id: string): Promise<GuestRun> => {
    const live = qemu.knownLive(id);
    const obstacle = live === null ? 'It does not run.' : await obstacleOf(live);
    if (live === null || obstacle !== null) throw new VigilError('unreachable', obstacle ?? 'It does not run.');
    if (held.has(keyOf(live))) throw new VigilError('conflict', 'The file systems of the guest are held just now.');
    return live;
  };

  const thawNow = async (live: GuestRun): Promise<void> => {
    const obstacle = await obstacleOf(live);
    if (obstacle !== null) throw new VigilError('unreachable', obstacle);
    await use(live, lookMs, async (agent) => {
      await agent.execute('guest-fsfreeze-thaw');
      if ((await agent.execute('guest-fsfreeze-status')) !== 'thawed') {
        throw new VigilError('refused', 'The guest agent does not say that its file systems are let go.');
      }
    });
    held.get(keyOf(live))?.undo();
    held.delete(keyOf(live));
  };

  const thawAfter = (live: GuestRun, delayMs: number): void => {
    const key = keyOf(live);
    held.get(key)?.undo();
    const undo = clock.after(delayMs, () => {
      // The same run, but maybe a new connection to its monitor.
      const present = qemu.knownLive(live.id);
      if (isClosed || present === null || keyOf(present) !== key) {
        held.delete(key);
        return;
      }
      thawNow(present).catch((error: unknown) => {
        log.write('warn', 'guest', 'file systems of a guest are still held', { machine: live.id, error });
        if (!isClosed) thawAfter(present, thawAgainMs);
      });
    });
    held.set(key, { id: live.id, undo });
  };

  const lookAt = async (live: GuestRun): Promise<GuestLook | null> => {
    const obstacle = await obstacleOf(live);
    if (obstacle !== null) return { present: false, reason: obstacle };
    return use(
      live,
      lookMs,
      async (agent): Promise<GuestLook | null> => {
        // Held by an earlier life of the engine, which did not come to let go: everything else would be refused.
        if ((await answerOf(agent, 'guest-fsfreeze-status')) === 'frozen') {
          if (held.has(keyOf(live))) return null;
          log.write('warn', 'guest', 'letting go of file systems that were left held', { machine: live.id });
          await agent.execute('guest-fsfreeze-thaw');
        }
        return {
          present: true,
          os: readOs(await answerOf(agent, 'guest-get-osinfo')),
          hostName: readHostName(await answerOf(agent, 'guest-get-host-name')),
          addresses: readAddresses(await answerOf(agent, 'guest-network-get-interfaces')),
          fileSystems: readFileSystems(await answerOf(agent, 'guest-get-fsinfo')),
        };
      },
      true,
    );
  };

  return {
    look: async ({ id }) => {
      const live = qemu.knownLive(id);
      if (live === null) return { present: false, reason: 'It does not run.' };
      if (held.has(keyOf(live))) return null;
      try {
        return await lookAt(live);
      } catch (error) {
        if (error instanceof VigilError && error.code === 'cancelled') return null;
        return { present: false, reason: reasonOf(error) };
      }
    },

    freeze: async ({ id }) => {
      const live = qemu.knownLive(id);
      if (live === null || isClosed || (await obstacleOf(live).catch(() => '')) !== null) return false;
      thawAfter(live, freezeAtMostMs);
      try {
        const isHeld = await use(live, freezeMs + callMs, async (agent) => {
          const count = await agent.execute('guest-fsfreeze-freeze', undefined, freezeMs);
          return typeof count === 'number' && count > 0 && (await agent.execute('guest-fsfreeze-status')) === 'frozen';
        });
        if (isHeld) return true;
      } catch (error) {
        log.write('warn', 'guest', 'the file systems of a guest could not be held', { machine: id, error });
      }
      // It may have been carried out all the same, or may be yet.
      await thawNow(live).catch(() => thawAfter(live, thawAgainMs));
      return false;
    },

    thaw: async ({ id }) => {
      const live = qemu.knownLive(id);
      if (live === null) return;
      if (!held.has(keyOf(live)) && (await obstacleOf(live).catch(() => '')) !== null) return;
      try {
        await thawNow(live);
      } catch (error) {
        thawAfter(live, thawAgainMs);
        throw error;
      }
    },

    setTime: async ({ id }) => {
      const live = qemu.knownLive(id);
      if (live === null) return false;
      try {
        if ((await obstacleOf(live)) !== null) return false;
        return await use(live, lookMs, async (agent) => {
          // It may complain of the hardware clock after it set its own, so that only a look at it tells.
          await answerOf(agent, 'guest-set-time', { time: clock.wallNow() * 1_000_000 });
          const time = await agent.execute('guest-get-time');
          return typeof time === 'number' && Math.abs(time / 1_000_000 - clock.wallNow()) <= clockToleranceMs;
        });
      } catch (error) {
        log.write('warn', 'guest', "a guest's clock could not be set", { machine: id, error });
        return false;
      }
    },

    run: async ({ id }, program, args, timeoutMs) => {
      const live = await openTo(id);
      return use(live, timeoutMs + callMs, (agent) => runInGuest(agent, clock, program, args, timeoutMs));
    },

    reboot: async ({ id }) => {
      const live = await openTo(id);
      await use(live, lookMs, async (agent) => {
        // An agent that obeys has no time left to say so.
        agent.send('guest-shutdown', { mode: 'reboot' });
      });
    },

    close: async () => {
      isClosed = true;
      const left = [...held.values()];
      for (const { undo } of left) undo();
      await Promise.all(
        left.map(async ({ id }) => {
          const live = qemu.knownLive(id);
          if (live === null) return;
          await thawNow(live).catch((error: unknown) =>
            log.write('error', 'guest', 'file systems of a guest are left held', { machine: id, error }),
          );
        }),
      );
      held.clear();
    },
  };
}

/** Why no agent can answer now, as far as the monitor knows; null when it is worth a try. */
export async function obstacleOf(live: GuestRun): Promise<string | null> {
  if (live.state !== 'running') return 'It is held: nothing in it can answer.';
  if (live.client === null) return "QEMU's monitor does not answer.";
  const ports = await live.client.execute('query-chardev');
  return agentIsOpen(ports) ? null : 'No guest agent listens in it.';
}

function agentIsOpen(answer: unknown): boolean {
  if (!Array.isArray(answer)) return false;
  return answer.some((entry) => isObject(entry) && entry.label === 'agent' && entry['frontend-open'] === true);
}

/** Null where the agent does not know the question or is not allowed to answer it. */
async function answerOf(
  agent: AgentSession,
  command: string,
  args?: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  try {
    return await agent.execute(command, args);
  } catch (error) {
    if (error instanceof VigilError && error.code === 'refused') return null;
    throw error;
  }
}

function keyOf({ generation, id }: GuestRun): string {
  return `${id} ${generation}`;
}

function reasonOf(error: unknown): string {
  return error instanceof VigilError ? error.message : 'Its guest agent could not be asked.';
}
