import type { StopSignal } from '../../contract/stop-signal.ts';

/**
 * SSH to a machine, by key or agent, never by password. A host key is always verified; an unknown one is taken only where
 * the caller says so, a changed one never.
 */
export interface SshTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Private key; null uses the agent, then the usual files of the account. */
  readonly keyFile: string | null;
  /** Name under which the host key is kept, so that a forwarded port does not mix up guests; `host` when null. */
  readonly hostKeyAlias: string | null;
  /** Take and remember a host key that nobody has seen before. By choice only. */
  readonly trustOnFirstUse: boolean;
}

/** How far a check came. `ok` is an authenticated session; everything else says what stood in the way. */
export const sshFindings = [
  'ok',
  /** Nothing answers: these speak about the machine. */
  'refused',
  'timeout',
  'unreachable',
  'no-banner',
  'closed',
  /** These do not: they speak about trust, names or this computer, and are never a reason to heal. */
  'name-resolution',
  /** sshd runs and lets nobody in now: too many half-open logins, or a penalty for failed ones. */
  'turned-away',
  'host-key-unknown',
  'host-key-changed',
  'host-key-revoked',
  'protocol',
  'auth',
  'key-file',
  /** Nobody looked: it was cancelled, or this computer was too busy to try in time. */
  'not-tried',
] as const;
export type SshFinding = (typeof sshFindings)[number];

export interface SshCheck {
  readonly finding: SshFinding;
  /** One sentence: which step, against which address, what was seen. Untrusted text is cut and cleaned. */
  readonly reason: string;
  readonly durationMs: number;
}

export interface SshOutput {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
}

export interface Ssh {
  /** TCP, banner, handshake with host key, authentication. Bounded as a whole; never rejects. */
  check(target: SshTarget, timeoutMs: number, signal: StopSignal): Promise<SshCheck>;
  /**
   * Runs a constant command of ours on a connection that is kept open between calls. One shell may serve many commands:
   * a command gets no input and must leave that shell as it was, but for variables. At most 64 KiB of its output are
   * kept, its error output is dropped. Rejects with `unreachable`, `timeout` or `refused`.
   */
  run(target: SshTarget, command: string, timeoutMs: number, signal: StopSignal): Promise<SshOutput>;
  /** Our own file of host keys is there and readable by us alone, for a client of the person's that adds to it. */
  layOutHostKeys(): Promise<void>;
  /** Closes what is kept open for a target, or for all. */
  forget(target?: SshTarget): Promise<void>;
}
