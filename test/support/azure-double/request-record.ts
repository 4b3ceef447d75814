import type { Call } from './call.ts';

/** One request as it came and what became of it. */
export interface RequestRecord {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Wall and monotonic time of the service's clock, in milliseconds. */
  readonly at: number;
  readonly monotonicAt: number;
  /** Tokens left in each bucket that it drew from, by name. */
  left: Readonly<Record<string, number>>;
  /** Null until there is an answer, and for ever when none was given. */
  status: number | null;
  code: string | null;
  /** It came although a wait on the same bucket was not over. */
  isTooEarly: boolean;
  /** Kind of the fault that it met. */
  fault: string | null;
}

const interesting = [
  'authorization',
  'accept-encoding',
  'content-type',
  'user-agent',
  'x-ms-client-request-id',
  'x-ms-correlation-request-id',
];

/** Never keeps more of a token than that there was one. */
export function beginRecord(call: Call, monotonicAt: number): RequestRecord {
  const headers = Object.fromEntries(
    interesting.flatMap((name) => {
      const value = call.headers[name];
      if (value === undefined) return [];
      return [[name, name === 'authorization' ? (String(value).split(' ')[0] ?? '') : String(value)]];
    }),
  );
  return {
    method: call.method,
    path: call.target.split('?')[0] ?? '',
    query: call.query,
    headers,
    body: call.body,
    at: call.at,
    monotonicAt,
    left: {},
    status: null,
    code: null,
    isTooEarly: false,
    fault: null,
  };
}
