import type { MachineState } from '../../contract/machine.ts';
import { createStopSource } from '../../contract/stop-signal.ts';
import type { Azure, AzurePower, AzureVm } from '../ports/azure.ts';
import type { AzureActivity } from '../ports/azure-insight.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';

/**
 * What others do to machines in Azure itself: in its portal, or by other programs. Seen in two ways: each round of power
 * states tells when a machine was changed last, at once and without a name; the log of Azure names the act, minutes late.
 */
export interface AzureStrangers {
  /** A round has read the machine, which was in the state `before`; nothing of ours is being done to it. */
  saw(id: string, before: MachineState, power: AzurePower): void;
  /** Something of ours was done to it, up to now. */
  ours(id: string): void;
  /**
   * When somebody last did something to it in Azure, wall-clock milliseconds of this computer, not before `since`; null when
   * nobody did, or when Azure cannot tell: that speaks for nobody. `power`: only what starts it or switches it off counts.
   */
  acted(vm: AzureVm, id: string, since: number, what: 'anything' | 'power'): Promise<number | null>;
}

export interface AzureStrangersPorts {
  readonly azure: Pick<Azure, 'insight' | 'clockAheadMs'>;
  readonly clock: Pick<Clock, 'wallNow' | 'after'>;
  readonly log: Log;
  /** When Vigil itself, by whomever asked, did something to it since then, wall-clock milliseconds. */
  ownActs(id: string, since: number): Promise<readonly number[]>;
}

/** Whoever waits is a machine that does not answer. */
const askMs = 3000;
/** Azure's clock, ours and the end of an order are not told to the second; so near to an act of ours it is that one. */
const nearMs = 120_000;
const power: ReadonlySet<string> = new Set(['start', 'restart', 'poweroff', 'deallocate', 'redeploy', 'reimage']);
const work: ReadonlySet<string> = new Set([
  ...power,
  'reapply',
  'runcommand',
  'performmaintenance',
  'installpatches',
  'write',
]);
const on: ReadonlySet<MachineState> = new Set<MachineState>(['starting', 'running']);
const released: ReadonlySet<MachineState> = new Set<MachineState>(['deallocating', 'deallocated', 'suspended']);

interface Seen {
  /** Of Azure's clock. */
  readonly changedAt: number | null;
  /** Of our clock: somebody else changed something, and somebody else started it or gave its host back. */
  readonly actedAt: number | null;
  readonly switchedAt: number | null;
}

export function createAzureStrangers({ azure, clock, log, ownActs }: AzureStrangersPorts): AzureStrangers {
  const seen = new Map<string, Seen>();
  const oursAt = new Map<string, number>();
  const ahead = (): number => azure.clockAheadMs() ?? 0;

  const logged = async (vm: AzureVm, since: number): Promise<readonly AzureActivity[]> => {
    const source = createStopSource();
    const undo = clock.after(askMs, () => source.stop('too late'));
    try {
      const answer = await azure.insight.activities(vm, since - ahead(), source.signal);
      if (answer.ok) return answer.value;
      log.write('debug', 'azure', 'the log of Azure says nothing', { machine: vm.name, reason: answer.fault.message });
      return [];
    } finally {
      undo();
    }
  };

  return {
    saw: (id, before, { state, changedAt }) => {
      const known = seen.get(id);
      const now = clock.wallNow();
      const ended = oursAt.get(id) ?? Number.NEGATIVE_INFINITY;
      const isMoved = known?.changedAt != null && changedAt !== null && changedAt > known.changedAt;
      const movedAt = isMoved && changedAt + ahead() > ended + nearMs ? changedAt + ahead() : null;
      const isSwitched =
        known !== undefined && now > ended + nearMs && before !== 'unknown' && (on.has(state) || released.has(state));
      const isOther = on.has(state) ? !on.has(before) : !released.has(before);
      seen.set(id, {
        changedAt: changedAt ?? known?.changedAt ?? null,
        actedAt: movedAt ?? known?.actedAt ?? null,
        switchedAt: isSwitched && isOther ? now : (known?.switchedAt ?? null),
      });
    },
    ours: (id) => oursAt.set(id, clock.wallNow()),
    acted: async (vm, id, since, what) => {
      const [activities, own] = await Promise.all([logged(vm, since), ownActs(id, since - nearMs)]);
      const named = activities
        .filter((act) => isWork(act, what === 'power' ? power : work))
        .map(({ at }) => at + ahead())
        .filter((at) => !own.some((mine) => Math.abs(mine - at) <= nearMs));
      const { actedAt = null, switchedAt = null } = seen.get(id) ?? {};
      const moments = [...named, ...(what === 'power' ? [] : [actedAt]), switchedAt];
      return moments.reduce<number | null>(
        (last, at) => (at !== null && at >= since && (last === null || at > last) ? at : last),
        null,
      );
    },
  };
}

/** `Microsoft.Compute/virtualMachines/restart/action`, `Microsoft.Compute/virtualMachines/write`. */
function isWork({ category, operation }: AzureActivity, verbs: ReadonlySet<string>): boolean {
  const verb = /^microsoft\.compute\/virtualmachines\/([^/]+)(?:\/action)?$/.exec(operation.toLowerCase())?.[1];
  return category.toLowerCase() === 'administrative' && verb !== undefined && verbs.has(verb);
}
