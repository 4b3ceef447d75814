import type { Clock } from '../../../main/engine/ports/clock.ts';
import type { Answer } from './answer.ts';
import type { Call } from './call.ts';
import { matchPath } from './route.ts';

export interface Envelope {
  readonly name: string;
  readonly time: string;
  readonly iKey: string;
  readonly data: { readonly baseType: string; readonly baseData: Readonly<Record<string, unknown>> };
}

const oldestMs = 48 * 60 * 60 * 1000;

/** Where Application Insights takes telemetry in: some of it may be refused while the rest is kept. */
export class Ingestion {
  /** What was kept, in the order of arrival. */
  readonly kept: Envelope[] = [];
  /** Says no to single envelopes, with that status; null: it is kept. */
  judge: (envelope: Envelope, index: number) => { readonly statusCode: number; readonly message: string } | null = () =>
    null;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Null when the path is not one of these. */
  answer(call: Call): Answer | null {
    const isOurs = matchPath('/v2.1/track', call.segments) ?? matchPath('/v2/track', call.segments);
    if (call.method !== 'POST' || isOurs === null) return null;
    const envelopes = readEnvelopes(call);
    if (envelopes === null)
      return this.#told(400, 0, 0, [{ index: 0, statusCode: 400, message: '102: Invalid JSON.' }]);
    const errors = envelopes.flatMap((envelope, index) => {
      const verdict = this.#tooOld(envelope) ?? this.judge(envelope, index);
      if (verdict !== null) return [{ index, ...verdict }];
      this.kept.push(envelope);
      return [];
    });
    const accepted = envelopes.length - errors.length;
    const worst = errors[0]?.statusCode ?? 400;
    return this.#told(errors.length === 0 ? 200 : accepted === 0 ? worst : 206, envelopes.length, accepted, errors);
  }

  #tooOld({ time }: Envelope): { statusCode: number; message: string } | null {
    const age = this.#clock.wallNow() - Date.parse(time);
    if (age <= oldestMs) return null;
    const message = `103: Field 'time' on type 'Envelope' is older than the allowed min date. Expected: now - ${oldestMs}ms, Actual: now - ${Math.round(age)}ms`;
    return { statusCode: 400, message };
  }

  #told(status: number, itemsReceived: number, itemsAccepted: number, errors: readonly unknown[]): Answer {
    return { status, body: { itemsReceived, itemsAccepted, errors } };
  }
}

/** One a line, or all in one array; null when it is neither. */
function readEnvelopes({ headers, body }: Call): readonly Envelope[] | null {
  try {
    if (String(headers['content-type'] ?? '').includes('x-json-stream'))
      return body
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => JSON.parse(line) as Envelope);
    const read = JSON.parse(body) as Envelope | readonly Envelope[];
    return Array.isArray(read) ? (read as readonly Envelope[]) : [read as Envelope];
  } catch {
    return null;
  }
}
