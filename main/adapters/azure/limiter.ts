import { VigilError } from '../../contract/failure.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Clock } from '../../engine/ports/clock.ts';

/**
 * One limiter in front of every call of every client. A call draws from up to three buckets, as Azure counts: the one that
 * its resource manager has for a subscription, that of its kind in a region, and that of the one machine or order.
 * Invariants:
 * 1. Nothing leaves before the moment that the service named; the whole bucket waits, not the one call.
 * 2. Routine leaves a fifth of a bucket alone, so that a cure never waits behind it.
 * 3. What the service says is left counts where it is less than what we thought: others use the same account.
 * 4. Those who waited for the same moment leave one by one from then on, as fast as the bucket fills, and not together.
 */
export interface Limiter {
  /** Resolves when the call may leave. Rejects with `cancelled`. */
  enter(place: CallPlace, urgent: boolean, signal: StopSignal | undefined): Promise<void>;
  /** The service wants to be left alone for so long. Without a scope: by every bucket that the call drew from. */
  freeze(place: CallPlace, forMs: number, scope?: CallScope): void;
  /** So many calls are left, as the service counts. */
  left(place: CallPlace, calls: number, scope?: CallScope): void;
  /** How long nothing may leave; 0 when it may. */
  frozenMs(place: CallPlace): number;
}

/**
 * `list`: machines of a subscription. `operation`: how an order goes, counted for each order. `metrics`: of one machine, by
 * the resource manager. `batch`: of many, by a host of their own beside it. `costs`: a question that is sent like a write.
 */
export type CallKind = 'list' | 'read' | 'write' | 'operation' | 'metrics' | 'batch' | 'costs';

/** Whose count it is: that of the resource manager, that of the kind of call, or that of the one machine or order. */
export type CallScope = 'manager' | 'kind' | 'item';

export interface CallPlace {
  readonly subscription: string;
  readonly region: string;
  readonly kind: CallKind;
  /** The machine or order that Azure counts by itself as well; absent for none. */
  readonly item?: string;
}

interface Allowance {
  readonly size: number;
  readonly perSecond: number;
}

/** Below what Azure documents, since our count and its count begin at different moments. */
const shared: Readonly<Record<CallKind, Allowance>> = {
  list: { size: 200, perSecond: 4 },
  read: { size: 200, perSecond: 20 },
  write: { size: 160, perSecond: 7 },
  operation: { size: 200, perSecond: 20 },
  metrics: { size: 100, perSecond: 10 },
  batch: { size: 20, perSecond: 2 },
  costs: { size: 10, perSecond: 0.1 },
};
/** All calls of one kind go through the same door. */
const manager = { reads: { size: 220, perSecond: 22 }, writes: { size: 180, perSecond: 9 } } as const;
const own: Readonly<Partial<Record<CallKind, Allowance>>> = {
  read: { size: 30, perSecond: 0.19 },
  write: { size: 10, perSecond: 0.06 },
  operation: { size: 40, perSecond: 0.24 },
};
const scopes: readonly CallScope[] = ['manager', 'kind', 'item'];
const reserve = 0.2;
/** Longer than this nobody waits for the sake of order. */
const longestSpreadMs = 5000;
/** Buckets of things that nobody asks about any more are forgotten beyond so many. */
const mostBuckets = 5000;

interface Bucket {
  readonly allowance: Allowance;
  tokens: number;
  at: number;
  frozenUntil: number;
  /** Those who wait for it now. */
  readonly waiting: { urgent: number; routine: number };
}

/** `random` gives numbers from 0 to below 1: those who wait for the same moment are told apart by it. */
export function createLimiter(clock: Clock, random: () => number): Limiter {
  const buckets = new Map<string, Bucket>();
  const bucket = (key: string, allowance: Allowance): Bucket => {
    const known = buckets.get(key);
    if (known !== undefined) return known;
    if (buckets.size >= mostBuckets) {
      for (const [old, { frozenUntil, tokens, waiting: kept }] of buckets) {
        const isWanted = kept.urgent + kept.routine > 0;
        if (frozenUntil <= clock.monotonicNow() && tokens >= 1 && !isWanted) buckets.delete(old);
        if (buckets.size < mostBuckets) break;
      }
    }
    const waiting = { urgent: 0, routine: 0 };
    const made = { allowance, tokens: allowance.size, at: clock.monotonicNow(), frozenUntil: 0, waiting };
    buckets.set(key, made);
    return made;
  };
  const bucketOf = ({ subscription, region, kind, item }: CallPlace, scope: CallScope): Bucket | null => {
    if (scope === 'kind') return bucket(`${subscription} ${region} ${kind}`, shared[kind]);
    if (scope === 'manager') {
      if (kind === 'batch') return null;
      const verb = kind === 'write' || kind === 'costs' ? 'writes' : 'reads';
      return bucket(`${subscription} ${verb}`, manager[verb]);
    }
    const single = own[kind];
    return item === undefined || single === undefined ? null : bucket(`${kind} ${item}`, single);
  };
  const bucketsOf = (place: CallPlace, scope?: CallScope): readonly Bucket[] =>
    (scope === undefined ? scopes : [scope]).flatMap((each) => bucketOf(place, each) ?? []);
  const refill = (each: Bucket): void => {
    const now = clock.monotonicNow();
    each.tokens = Math.min(each.allowance.size, each.tokens + ((now - each.at) / 1000) * each.allowance.perSecond);
    each.at = now;
  };
  /** How long this one has to wait; 0 when a token is there. */
  const waitOf = (each: Bucket, urgent: boolean): number => {
    refill(each);
    const frozen = Math.max(0, each.frozenUntil - clock.monotonicNow());
    const floor = urgent ? 1 : 1 + each.allowance.size * reserve;
    const short = floor - each.tokens;
    return Math.max(frozen, short <= 0 ? 0 : Math.ceil((short / each.allowance.perSecond) * 1000));
  };
  const wait = (ms: number, signal: StopSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        undo();
        reject(cancelled());
      };
      const undo = clock.after(ms, () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      });
      signal?.addEventListener('abort', stop, { once: true });
    });

  /** Never before its own wait is over; whoever finds others waiting wakes at its turn among them. */
  const waitFor = async (
    each: Bucket | undefined,
    waitMs: number,
    queue: keyof Bucket['waiting'],
    signal: StopSignal | undefined,
  ): Promise<void> => {
    if (each === undefined) return;
    const { waiting, allowance } = each;
    const before = waiting[queue];
    const turnMs = before === 0 ? 0 : ((before - 1 + random()) / allowance.perSecond) * 1000;
    const spreadMs = turnMs <= longestSpreadMs ? turnMs : random() * longestSpreadMs;
    waiting[queue] += 1;
    try {
      await wait(waitMs + Math.floor(spreadMs), signal);
    } finally {
      waiting[queue] -= 1;
    }
  };

  return {
    enter: async (place, urgent, signal) => {
      for (;;) {
        if (signal?.aborted === true) throw cancelled();
        const asked = bucketsOf(place);
        const waits = asked.map((each) => waitOf(each, urgent));
        const waitMs = Math.max(...waits);
        if (waitMs === 0) {
          for (const each of asked) each.tokens -= 1;
          return;
        }
        // Who waits is not alone: everyone looks again by itself when its time has come.
        await waitFor(asked[waits.indexOf(waitMs)], waitMs, urgent ? 'urgent' : 'routine', signal);
      }
    },
    freeze: (place, forMs, scope) => {
      const until = clock.monotonicNow() + forMs;
      for (const each of bucketsOf(place, scope)) each.frozenUntil = Math.max(each.frozenUntil, until);
    },
    left: (place, calls, scope = 'kind') => {
      for (const each of bucketsOf(place, scope)) {
        refill(each);
        each.tokens = Math.min(each.tokens, calls);
      }
    },
    frozenMs: (place) => Math.max(0, ...bucketsOf(place).map(({ frozenUntil }) => frozenUntil - clock.monotonicNow())),
  };
}

function cancelled(): VigilError {
  return new VigilError('cancelled', 'The call was given up before it left.');
}
