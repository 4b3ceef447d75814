import { type AzureCost, monthBegin } from '../../contract/azure-cost.ts';
import { createStopSource } from '../../contract/stop-signal.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import { startLoop } from '../lifetime/loop.ts';
import type { Azure, AzureFaultKind, AzureScope, AzureVm } from '../ports/azure.ts';
import type { AzureCharge } from '../ports/azure-insight.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { keyOf } from './join-inventory.ts';

/** What each machine of Azure cost since the month began. What cannot be read stays as it was until the month ends. */
export interface AzureCostsKept {
  /** Null when it is not known: never nothing for that. */
  of(vm: AzureVm): AzureCost | null;
  /** Somebody else may be signed in now: nothing is known, and asked again soon. */
  forget(): void;
  begin(): void;
  stop(): Promise<void>;
}

export interface AzureCostsPorts {
  readonly azure: Pick<Azure, 'insight' | 'clockAheadMs'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Every machine there is. */
  vms(): readonly AzureVm[];
  isSignedIn(): boolean;
  /** The costs of these are not what they were. */
  changed(keys: ReadonlySet<string>): void;
}

/** Azure reckons some times a day; whoever asks more often hears the same. */
const everyMs = 6 * 3_600_000;
/** After what passes by itself. */
const againMs = 3_600_000;
const passing: ReadonlySet<AzureFaultKind> = new Set(['unreachable', 'cut', 'unavailable', 'throttled']);
/** Whether a question is due is looked at so often. */
const lookMs = 60_000;
const firstAfterMs = 30_000;

interface MonthRead {
  /** First moment of the month, wall-clock milliseconds. */
  readonly since: number;
  readonly readAt: number;
  /** By the id of the machine in lower case. */
  readonly charges: ReadonlyMap<string, AzureCharge>;
}

export function createAzureCosts(ports: AzureCostsPorts): AzureCostsKept {
  const { azure, clock, log } = ports;
  const stopping = createStopSource();
  const known = new Map<string, MonthRead>();
  /** When a subscription is asked for next, of the monotonic clock. */
  const dueAt = new Map<string, number>();
  /** Another one: what was asked before is not believed any more. */
  let account = {};
  let stopLoop: () => Promise<void> = async () => undefined;
  const month = (): number => monthBegin(clock.wallNow() - (azure.clockAheadMs() ?? 0));

  const look = async (scope: AzureScope): Promise<void> => {
    const asked = account;
    const answer = await azure.insight.costs(scope, stopping.signal);
    if (stopping.signal.aborted || asked !== account) return;
    const waitMs =
      answer.ok || !passing.has(answer.fault.kind) ? everyMs : Math.max(againMs, answer.fault.retryAfterMs ?? 0);
    dueAt.set(scope.subscription, clock.monotonicNow() + waitMs);
    if (!answer.ok) {
      log.write('debug', 'azure', 'costs could not be read', { reason: answer.fault.message });
      return;
    }
    const { since, charges } = answer.value;
    const before = known.get(scope.subscription)?.charges.keys() ?? [];
    const now = new Map(charges.map((charge) => [charge.key, charge]));
    known.set(scope.subscription, { since, readAt: clock.wallNow(), charges: now });
    ports.changed(new Set([...before, ...now.keys()]));
  };

  const dropEnded = (wanted: ReadonlySet<string>): void => {
    for (const [subscription, { since, charges }] of known) {
      if (since === month() && wanted.has(subscription)) continue;
      known.delete(subscription);
      ports.changed(new Set(charges.keys()));
    }
  };

  const run = async (): Promise<void> => {
    const scopes = new Map(ports.vms().map(({ subscription, tenant }) => [subscription, { subscription, tenant }]));
    dropEnded(new Set(scopes.keys()));
    if (!ports.isSignedIn()) return;
    for (const [subscription, scope] of scopes) {
      if ((dueAt.get(subscription) ?? 0) > clock.monotonicNow()) continue;
      await look(scope);
      if (stopping.signal.aborted) return;
    }
  };

  return {
    of: (vm) => {
      const read = known.get(vm.subscription);
      const charge = read?.charges.get(keyOf(vm));
      if (read === undefined || charge === undefined || read.since !== month()) return null;
      const { amount, currency } = charge;
      return { amount, currency, since: isoTime(read.since).slice(0, 10), readAt: isoTime(read.readAt) };
    },
    forget: () => {
      account = {};
      const keys = new Set([...known.values()].flatMap(({ charges }) => [...charges.keys()]));
      known.clear();
      dueAt.clear();
      ports.changed(keys);
    },
    begin: () => {
      stopLoop = startLoop({ name: 'azure costs', clock, log, intervalMs: () => lookMs, firstAfterMs, run });
    },
    stop: async () => {
      stopping.stop('stopped');
      await stopLoop();
    },
  };
}
