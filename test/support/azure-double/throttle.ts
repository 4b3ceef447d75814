import type { Clock } from '../../../main/engine/ports/clock.ts';
import { Refusal } from './answer.ts';
import { armLimitsOf, type Cost, computeLimits, type Limit } from './limits.ts';
import { TokenBucket } from './token-bucket.ts';

/** Whose tokens a call takes. */
export interface Draw {
  readonly method: string;
  readonly cost: Cost;
  readonly subscriptionId: string;
  readonly principal: string;
  /** The machine or operation, for limits of its own. */
  readonly resource: string;
}

export interface Toll {
  readonly headers: Readonly<Record<string, string>>;
  /** By name of the limit, after this call. */
  readonly left: Readonly<Record<string, number>>;
}

/**
 * All buckets of the service. Invariant: a refused call takes no token, and until the wait that it was told is over every
 * call on the same bucket is refused.
 */
export class Throttle {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #neighbours = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one token of every bucket that the call concerns, or throws the 429 of the first that is empty. */
  pass(draw: Draw): Toll {
    const now = this.#clock.monotonicNow();
    const [own, shared] = armLimitsOf(draw.method);
    const arm = [own, shared].map((limit) => this.#bucket(limit, draw));
    const compute = computeLimits[draw.cost].map((limit) => this.#bucket(limit, draw));
    const empty = [...arm, ...compute].find((bucket) => !bucket.canTake(now));
    if (empty !== undefined) throw this.#refusal(empty, draw, now);
    for (const bucket of [...arm, ...compute]) bucket.take(now);
    const left = Object.fromEntries([...arm, ...compute].map((bucket) => [bucket.limit.name, bucket.left(now)]));
    return { headers: this.#headers(arm, compute, now), left };
  }

  /** Whether the client was told to wait and did not. */
  isWaitDue(draw: Draw): boolean {
    const now = this.#clock.monotonicNow();
    return [...armLimitsOf(draw.method), ...computeLimits[draw.cost]].some((limit) =>
      this.#bucket(limit, draw).isClosed(now),
    );
  }

  /** A script told the client to wait: what comes earlier is recorded as too early, and refused. */
  closeFor(draw: Draw, ms: number): void {
    const [own] = armLimitsOf(draw.method);
    this.#bucket(own, draw).closeFor(this.#clock.monotonicNow(), ms);
  }

  /** Somebody else in the subscription takes that share (0 to 1) of every bucket that is not one machine's own. */
  noisyNeighbour(subscriptionId: string, share: number): void {
    const now = this.#clock.monotonicNow();
    this.#neighbours.set(subscriptionId.toLowerCase(), share);
    for (const [key, bucket] of this.#buckets)
      if (bucket.limit.per !== 'resource' && key.includes(subscriptionId.toLowerCase())) bucket.share(now, share);
  }

  #bucket(limit: Limit, draw: Draw): TokenBucket {
    const subscription = draw.subscriptionId.toLowerCase();
    const owner = { subscription: '', principal: draw.principal, resource: draw.resource.toLowerCase() }[limit.per];
    const key = `${limit.name}|${subscription}|${owner}`;
    const known = this.#buckets.get(key);
    if (known !== undefined) return known;
    const now = this.#clock.monotonicNow();
    const bucket = new TokenBucket(limit, now);
    const share = this.#neighbours.get(subscription);
    if (share !== undefined && limit.per !== 'resource') bucket.share(now, share);
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #headers(arm: readonly TokenBucket[], compute: readonly TokenBucket[], now: number): Record<string, string> {
    const headers: Record<string, string> = {};
    for (const bucket of arm)
      headers[`x-ms-ratelimit-remaining-subscription-${bucket.limit.name}`] = String(bucket.left(now));
    if (compute.length > 0)
      headers['x-ms-ratelimit-remaining-resource'] = compute
        .map((bucket) => `Microsoft.Compute/${bucket.limit.name};${bucket.left(now)}`)
        .join(',');
    return headers;
  }

  #refusal(bucket: TokenBucket, draw: Draw, now: number): Refusal {
    const seconds = bucket.close(now);
    const headers = { 'retry-after': String(seconds) };
    const { name } = bucket.limit;
    const isArm = armLimitsOf(draw.method).some((limit) => limit.name === name);
    if (isArm) return armThrottled(draw, seconds, headers);
    return computeThrottled(name, bucket.limit.capacity, {
      ...headers,
      'x-ms-ratelimit-remaining-resource': `Microsoft.Compute/${name};0`,
    });
  }
}

/** The shape of the resource manager. */
export function armThrottled(
  draw: Pick<Draw, 'method' | 'subscriptionId' | 'principal'>,
  seconds: number,
  headers: Readonly<Record<string, string>>,
): Refusal {
  const kind = draw.method === 'GET' ? 'read' : draw.method === 'DELETE' ? 'delete' : 'write';
  return new Refusal(
    429,
    'SubscriptionRequestsThrottled',
    `Number of '${kind}' requests for subscription '${draw.subscriptionId}' actor '${draw.principal}' exceeded. Please try again after '${seconds}' seconds.`,
    { headers },
  );
}

/** The shape of Compute: no outer `error`, the bucket's name in a detail. */
export function computeThrottled(bucket: string, allowed: number, headers: Readonly<Record<string, string>>): Refusal {
  return new Refusal(
    429,
    'OperationNotAllowed',
    'The server rejected the request because too many requests have been received for this subscription.',
    {
      headers,
      isWrapped: false,
      details: [
        {
          code: 'TooManyRequests',
          target: bucket,
          message: JSON.stringify({ operationGroup: bucket, allowedRequestCount: allowed }),
        },
      ],
    },
  );
}
