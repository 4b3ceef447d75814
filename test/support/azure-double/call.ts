import type { IncomingHttpHeaders } from 'node:http';

/** One request, read whole and taken apart the way the service does: names in any case, everything percent-decoded. */
export interface Call {
  readonly method: string;
  /** Path and query exactly as they came. */
  readonly target: string;
  /** Decoded parts of the path; empty ones (`//subscriptions`) are left out. */
  readonly segments: readonly string[];
  /** By lower-case name. */
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Of the service's wall clock. */
  readonly at: number;
}

/** What a request line says; never throws: what cannot be decoded stays as it is. */
export function readTarget(target: string): Pick<Call, 'segments' | 'query'> {
  const [path = '', ...rest] = target.split('?');
  const query = new Map<string, string>();
  for (const pair of rest.join('?').split('&').filter(Boolean)) {
    const at = pair.indexOf('=');
    const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    query.set(decode(name).toLowerCase(), decode(value));
  }
  return { segments: path.split('/').filter(Boolean).map(decode), query };
}

/** The fields of a form; later ones win. */
export function readForm(body: string): ReadonlyMap<string, string> {
  return new Map(new URLSearchParams(body));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
