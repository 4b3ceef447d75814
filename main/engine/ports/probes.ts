import type { StopSignal } from '../../contract/stop-signal.ts';

/** Knocks at doors of a machine from outside. Nothing here rejects, and nothing takes longer than its limit. */
export interface Probes {
  /**
   * Takes a connection and lets go of it. With `holdMs` it is held for so long, because something in between (a forward)
   * takes connections too and hangs up when the machine refuses. It may wait a moment for others to begin with.
   */
  tcp(host: string, port: number, limits: ProbeLimits & { readonly holdMs?: number }): Promise<KnockAnswer>;
  /** Asks for an address and looks at the status alone. Follows to no other place; the answer's body is not waited for. */
  http(url: string, limits: ProbeLimits): Promise<HttpAnswer>;
}

export interface ProbeLimits {
  /** For everything together: name, connection, answer. */
  readonly timeoutMs: number;
  readonly signal: StopSignal;
}

export const probeFindings = [
  'ok',
  /** Nothing answers: these speak about the machine. */
  'refused',
  'timeout',
  'unreachable',
  'closed',
  /** Something answers that does not speak HTTP. */
  'no-http',
  /** These speak about names, trust or this computer. */
  'name-resolution',
  'tls',
  'not-tried',
] as const;
export type ProbeFinding = (typeof probeFindings)[number];

export interface ProbeAnswer {
  readonly finding: ProbeFinding;
  /** One sentence; untrusted text is cut and cleaned. */
  readonly reason: string;
}

export interface KnockAnswer extends ProbeAnswer {
  /** Without the wait before it. */
  readonly durationMs: number;
}

export interface HttpAnswer extends ProbeAnswer {
  /** Null unless there was an answer. */
  readonly status: number | null;
}
