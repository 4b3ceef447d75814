import { VigilError } from '../../contract/failure.ts';
import type { Processes, ProcessIdentity } from '../../engine/ports/processes.ts';
import { obstacleOf } from './guest-agent.ts';
import type { AgentLanes } from './guest-agent-lanes.ts';
import { isObject } from './json-line-socket.ts';
import type { LiveMachine } from './live-machine.ts';
import type { QmpClient } from './qmp-client.ts';
import type { GuestCondition, LadderTarget } from './stop-ladder.ts';

export interface TargetInput {
  readonly live: LiveMachine;
  readonly processes: Processes;
  readonly agents: AgentLanes;
  readonly lockIsFree: () => Promise<boolean>;
  /** How long the monitor may be silent before it counts as such. */
  readonly silenceMs: number;
}

/** The ladder's view of a machine that proved to be ours. */
export function liveTarget({ agents, live, lockIsFree, processes, silenceMs }: TargetInput): LadderTarget {
  const monitor = (): QmpClient => {
    if (live.client === null) throw new VigilError('unreachable', "QEMU's monitor is gone.");
    return live.client;
  };
  const isGone = () => live.isGone();
  return {
    isGone,
    onSign: (listener) => live.onSign(listener),
    condition: async () => {
      try {
        return conditionOf(await monitor().execute('query-status', undefined, { timeoutMs: silenceMs }));
      } catch {
        return 'silent';
      }
    },
    resume: async () => void (await monitor().execute('cont')),
    askAgent: async (timeoutMs, signal) => {
      if ((await obstacleOf(live)) !== null) return false;
      await agents.powerOff(live.record.paths.agent, { timeoutMs, signal });
      return true;
    },
    pressPowerButton: async () => void (await monitor().execute('system_powerdown')),
    quit: async () => void (await monitor().execute('quit', undefined, { timeoutMs: silenceMs })),
    signal: async (signal) => void processes.signal(live.record.identity, signal),
    lockIsFree,
  };
}

/** The view of a process that does not answer: known by number, start time and boot, and by its command line. */
export function silentTarget(
  identity: ProcessIdentity,
  processes: Processes,
  lockIsFree: () => Promise<boolean>,
): LadderTarget {
  const silent = () => Promise.reject(new VigilError('unreachable', 'QEMU does not answer.'));
  return {
    isGone: () => !processes.isAlive(identity),
    onSign: () => () => {},
    condition: async () => 'silent',
    resume: silent,
    askAgent: silent,
    pressPowerButton: silent,
    quit: silent,
    signal: async (signal) => void processes.signal(identity, signal),
    lockIsFree,
  };
}

export function conditionOf(answer: unknown): GuestCondition {
  if (!isObject(answer)) return 'silent';
  switch (answer.status) {
    case 'guest-panicked':
    case 'watchdog':
    case 'internal-error':
    case 'io-error':
    case 'shutdown':
      return 'doomed';
    default:
      return answer.running === true ? 'running' : 'paused';
  }
}
