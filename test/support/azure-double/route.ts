import type { Answer } from './answer.ts';
import type { Call } from './call.ts';
import type { Cost } from './limits.ts';
import type { Principal } from './tokens.ts';

/** What stood at the `{name}` places of a path. */
export type Found = Readonly<Record<string, string>>;

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Parts compare without case; `{name}` takes any one part. */
  readonly path: string;
  readonly cost: Cost;
  /** Which right it needs, such as `Microsoft.Compute/virtualMachines/start/action`. */
  readonly right: string;
  readonly handle: (call: Call, found: Found, principal: Principal) => Answer;
}

export interface Matched {
  readonly route: Route;
  readonly found: Found;
}

/** The first route that fits; null: nobody serves that. */
export function matchRoute(routes: readonly Route[], call: Call): Matched | null {
  for (const route of routes) {
    if (route.method !== call.method) continue;
    const found = matchPath(route.path, call.segments);
    if (found !== null) return { route, found };
  }
  return null;
}

/** What stands at the `{name}` places of a path, or null when it does not fit. */
export function matchPath(pattern: string, segments: readonly string[]): Found | null {
  const parts = pattern.split('/').filter(Boolean);
  if (parts.length !== segments.length) return null;
  const found: Record<string, string> = {};
  for (const [at, part] of parts.entries()) {
    const segment = segments[at] ?? '';
    if (part.startsWith('{')) found[part.slice(1, -1)] = segment;
    else if (part.toLowerCase() !== segment.toLowerCase()) return null;
  }
  return found;
}
