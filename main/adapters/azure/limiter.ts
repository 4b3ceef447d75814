import { VigilError } from '../../contract/failure.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Clock } from '../../engine/ports/clock.ts';

/**
 * One limiter in front of every call of every client. Each bucket belongs to a subscription, a region and a kind of call,
 * as Azure counts them. Invariants:
 * 1. Nothing leaves before the moment that the service named; the whole bucket waits, not the one call.
 * 2. Routine leaves a fifth of a bucket alone, so that a cure never waits behind it.
 * 3. What the service says is left counts where it is less than what we thought: others use the same account.
 */
export interface Limiter {
  /** Resolves when the call may leave. Rejects with `cancelled`. */
  enter(place: CallPlace, urgent: boolean, signal: StopSignal | undefined): Promise<void>;
  /** The service wants to be left alone for so long. */
  freeze(place: CallPlace, forMs: number): void;
  /** So many calls are left, as the service counts. */
  left(place: CallPlace, calls: number): void;
  /** How long nothing may leave; 0 when it may. */
  frozenMs(place: CallPlace): number;
}

/** `list`: machines of a subscription. `operation`: how an order goes, counted for each order. */
export type CallKind = 'list' | 'read' | 'write' | 'operation' | 'metrics';

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
  metrics: { size: 200, perSecond: 20 },
};
const own: Readonly<Partial<Record<CallKind, Allowance>>> = {
  read: { size: 30, perSecond: 0.19 },
  write: { size: 10, perSecond: 0.06 },
  operation: { size: 40, perSecond: 0.24 },
};
const reserve = 0.2;
/** Buckets of things that nobody asks about any more are forgotten beyond so many. */
const mostBuckets = 5000;

interface Bucket {
  readonly allowance: Allowance;
  tokens: number;
  at: number;
  frozenUntil: number;
}

export function createLimiter(clock: Clock): Limiter {
  const buckets = new Map<string, Bucket>();
  const bucket = (key: string, allowance: Allowance): Bucket => {
    const known = buckets.get(key);
    if (known !== undefined) return known;
    if (buckets.size >= mostBuckets) {
      for (const [old, { frozenUntil, tokens }] of buckets) {
        if (frozenUntil <= clock.monotonicNow() && tokens >= 1) buckets.delete(old);
        if (buckets.size < mostBuckets) break;
      }
    }
    const made = { allowance, tokens: allowance.size, at: clock.monotonicNow(), frozenUntil: 0 };
    buckets.set(key, made);
    return made;
  };
  const bucketsOf = ({ subscription, region, kind, item }: CallPlace): readonly Bucket[] => {
    const whole = bucket(`${subscription} ${region} ${kind}`, shared[kind]);
    const single = own[kind];
    return item === undefined || single === undefined ? [whole] : [whole, bucket(`${kind} ${item}`, single)];
  };
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

  return {
    enter: async (place, urgent, signal) => {
      for (;;) {
        if (signal?.aborted === true) throw cancelled();
        const asked = bucketsOf(place);
        const waitMs = Math.max(...asked.map((each) => waitOf(each, urgent)));
        if (waitMs === 0) {
          for (const each of asked) each.tokens -= 1;
          return;
        }
        // Who waits is not alone: everyone looks again by itself when its time has come.
        await wait(waitMs, signal);
      }
    },
    freeze: (place, forMs) => {
      const until = clock.monotonicNow() + forMs;
      for (const each of bucketsOf(place)) each.frozenUntil = Math.max(each.frozenUntil, until);
    },
    left: (place, calls) => {
      const [whole] = bucketsOf({ subscription: place.subscription, region: place.region, kind: place.kind });
      if (whole === undefined) return;
      refill(whole);
      whole.tokens = Math.min(whole.tokens, calls);
    },
    frozenMs: (place) => Math.max(0, ...bucketsOf(place).map(({ frozenUntil }) => frozenUntil - clock.monotonicNow())),
  };
}

function cancelled(): VigilError {
  return new VigilError('cancelled', 'The call was given up before it left.');
}
