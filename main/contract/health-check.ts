import type { HealthStatus } from './machine.ts';

/** What is checked on a machine, and what each check found. */

export const checkMethods = [
  'power',
  'process',
  'ssh',
  'tcp',
  'http',
  'agent',
  'console',
  'script',
  'unit',
  'heartbeat',
  'disk',
  'memory',
] as const;
export type CheckMethod = (typeof checkMethods)[number];

/** What a person calls it. */
export const checkMethodWords: Readonly<Record<CheckMethod, string>> = {
  power: 'Power state',
  process: 'Process',
  ssh: 'SSH',
  tcp: 'TCP port',
  http: 'HTTP',
  agent: 'Guest agent',
  console: 'Console',
  script: 'Script',
  unit: 'Unit',
  heartbeat: 'Heartbeat',
  disk: 'Disk',
  memory: 'Memory',
};

export const checkKinds = ['ok', 'degraded', 'failed', 'unknown'] as const;
/** "Unknown" speaks about us, our network or trust, never about the machine. */
export type CheckKind = (typeof checkKinds)[number];

/** The last result of one check of one machine, and how it stands. */
export interface CheckReport {
  readonly method: CheckMethod;
  /** Which port, unit, file or address; null where there is only one. */
  readonly subject: string | null;
  readonly kind: CheckKind;
  readonly reason: string;
  /** What a person can do about it. */
  readonly advice: string | null;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly durationMs: number;
  /** Failed in a row, and how many make it count. */
  readonly failures: number;
  readonly threshold: number;
}

/** One round of checks, taken because somebody asked. */
export interface HealthRound {
  readonly machine: string;
  /** What this round alone says: a failure counts at once, however often it must come before the machine counts as unhealthy. */
  readonly status: HealthStatus;
  readonly reason: string | null;
  /** ISO 8601 UTC; null when nothing was checked. */
  readonly at: string | null;
  /** The one that decides first. */
  readonly checks: readonly CheckReport[];
}

/** How bad it is, in the words of scripts and alerts. */
export const severityWords: Readonly<Record<HealthStatus, string>> = {
  healthy: 'HEALTHY',
  degraded: 'WARNING',
  unhealthy: 'CRITICAL',
  unknown: 'UNKNOWN',
  'not-applicable': 'NOT CHECKED',
};
