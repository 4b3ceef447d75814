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
