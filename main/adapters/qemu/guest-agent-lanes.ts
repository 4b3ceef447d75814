import { VigilError } from '../../contract/failure.ts';
import { createStopSource, type StopSignal, type StopSource } from '../../contract/stop-signal.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import { type AgentSession, openAgent } from './guest-agent-client.ts';

/**
 * The channels to the agents, each for one client at a time: QEMU takes a second connection only when the first one has
 * gone, and leaves it without a word until then.
 */
export interface AgentLanes {
  /** `work` in a session of its own, after those before it. The session ends with it, and after `limits.totalMs` at the latest. */
  use<T>(path: string, limits: LaneLimits, work: (agent: AgentSession) => Promise<T>): Promise<T>;
  /**
   * Asks the agent to power the guest off, before everything that may give way. The agent never confirms it: what counts is
   * that the machine ends. Rejects with `timeout`, `cancelled` or `unreachable`.
   */
  powerOff(path: string, limits: { readonly timeoutMs: number; readonly signal?: StopSignal }): Promise<void>;
}

export interface LaneLimits {
  /** For the opening, and for each question. */
  readonly timeoutMs: number;
  /** From its turn on. */
  readonly totalMs: number;
  /** Gives way to a shutdown; it then rejects with `cancelled`. */
  readonly givesWay?: boolean;
}

export function createAgentLanes(clock: Clock): AgentLanes {
  const tails = new Map<string, Promise<unknown>>();
  const givingWay = new Map<string, Set<StopSource>>();

  const inTurn = <T>(path: string, task: () => Promise<T>): Promise<T> => {
    const result = (tails.get(path) ?? Promise.resolve()).then(task, task);
    const tail = result
      .catch(() => undefined)
      .then(() => {
        if (tails.get(path) === tail) tails.delete(path);
      });
    tails.set(path, tail);
    return result;
  };

  return {
    use: (path, limits, work) => {
      const source = createStopSource();
      const group = givingWay.get(path) ?? new Set();
      if (limits.givesWay === true) givingWay.set(path, group.add(source));
      return inTurn(path, async () => {
        const undoLimit = clock.after(limits.totalMs, () => source.stop('late'));
        try {
          if (source.signal.aborted) throw new VigilError('cancelled', 'Cancelled.');
          const agent = await openAgent(path, clock, { timeoutMs: limits.timeoutMs, signal: source.signal });
          try {
            return await work(agent);
          } finally {
            agent.close();
            // The next one is taken only when this one has gone.
            await agent.closed;
          }
        } catch (error) {
          if (source.signal.reason !== 'late') throw error;
          throw new VigilError('timeout', `The guest agent took longer than ${limits.totalMs / 1000} s.`, {
            cause: error,
          });
        } finally {
          undoLimit();
          group.delete(source);
          if (group.size === 0) givingWay.delete(path);
        }
      });
    },

    powerOff: (path, limits) => {
      for (const source of givingWay.get(path) ?? []) source.stop('shutdown');
      return new Promise((resolve, reject) => {
        let given = false;
        // The turn may not come in time: what is asked before it may not give way.
        const undoWait = clock.after(limits.timeoutMs, () => {
          given = true;
          reject(new VigilError('timeout', 'The guest agent is busy.'));
        });
        const task = async () => {
          if (given) return;
          undoWait();
          const agent = await openAgent(path, clock, limits);
          agent.send('guest-shutdown', { mode: 'powerdown' });
          resolve();
          // An answer exists only when the agent refuses; leaving at once could cut the request off, so the caller's wait
          // for the machine's end closes the connection.
          const undo = clock.after(limits.timeoutMs, agent.close);
          await agent.closed;
          undo();
        };
        inTurn(path, task).catch(reject);
      });
    },
  };
}
