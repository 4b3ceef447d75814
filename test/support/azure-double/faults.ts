import type { Answer } from './answer.ts';
import type { Call } from './call.ts';

/** Which requests; every field given must fit. */
export interface FaultMatch {
  readonly method?: string;
  /** Against the path as it came, without its query. */
  readonly path?: RegExp;
  /** Last part of the path in any case: `start`, `instanceView`, the name of a machine, `metrics:getBatch`. */
  readonly last?: string;
  /** Name of a machine anywhere in the path. */
  readonly machine?: string;
}

export interface FaultOptions {
  /** How many requests meet it; 1 when left out. */
  readonly times?: number;
  /** How many matching requests pass before. */
  readonly skip?: number;
}

/**
 * What goes wrong. `after` lets the service do its work first, so an action is accepted and only its answer is lost.
 * `throttle`: seconds, a date, nothing at all, or any text as Retry-After or under another name (`retry-after-ms`,
 * `x-ms-retry-after-ms`).
 */
export type Fault =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | {
      readonly kind: 'throttle';
      readonly retryAfter: number | 'date' | 'none' | { readonly text: string; readonly header?: string };
      readonly shape?: 'arm' | 'compute' | 'metrics';
    }
  | { readonly kind: 'status'; readonly status: 408 | 500 | 502 | 503 | 504 | 529; readonly retryAfter?: number }
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  | { readonly kind: 'hang'; readonly when: 'before' | 'after' }
  | { readonly kind: 'drip'; readonly bytes: number; readonly everyMs: number }
  | { readonly kind: 'cut' }
  | { readonly kind: 'broken-json' }
  | { readonly kind: 'html'; readonly status: number }
  | { readonly kind: 'redirect'; readonly to: 'same-origin' | 'other-origin' };

interface Script {
  readonly matches: (call: Call) => boolean;
  readonly fault: Fault;
  skip: number;
  times: number;
}

/** The scripts of a test, in the order in which they were given; each is used up. */
export class Faults {
  readonly #scripts: Script[] = [];

  /** Returns its undo. */
  add(match: FaultMatch | ((call: Call) => boolean), fault: Fault, { times = 1, skip = 0 }: FaultOptions): () => void {
    const matches = typeof match === 'function' ? match : (call: Call) => fits(match, call);
    const script = { matches, fault, times, skip };
    this.#scripts.push(script);
    return () => this.#remove(script);
  }

  /** The fault that this request meets; null: none. */
  next(call: Call): Fault | null {
    const script = this.#scripts.find((one) => one.matches(call) && one.skip-- <= 0);
    if (script === undefined) return null;
    script.times -= 1;
    if (script.times <= 0) this.#remove(script);
    return script.fault;
  }

  clear(): void {
    this.#scripts.length = 0;
  }

  #remove(script: Script): void {
    const at = this.#scripts.indexOf(script);
    if (at >= 0) this.#scripts.splice(at, 1);
  }
}

function fits(match: FaultMatch, call: Call): boolean {
  const parts = call.segments.map((part) => part.toLowerCase());
  return (
    (match.method === undefined || match.method === call.method) &&
    (match.path === undefined || match.path.test(call.target.split('?')[0] ?? '')) &&
    (match.last === undefined || parts.at(-1) === match.last.toLowerCase()) &&
    (match.machine === undefined || parts.includes(match.machine.toLowerCase()))
  );
}
