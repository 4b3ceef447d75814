/** How a machine is brought back, what may stand in the way, and the record of both. */

export const restartPolicies = ['never', 'on-failure', 'always'] as const;
export type RestartPolicy = (typeof restartPolicies)[number];

/** What may be done for a machine that is not well, gentlest first. */
export const healingRungs = [
  /** The unit that failed, on the machine. */
  'restart-unit',
  /** By the guest agent or over SSH, from inside. */
  'reboot',
  /** The power button, then a start. */
  'restart',
  /** Without a word to the guest. */
  'hard-restart',
  /** To a snapshot that was chosen for it. By choice only. */
  'revert',
] as const;
export type HealingRung = (typeof healingRungs)[number];

/** Who may refuse, in the order they are asked. */
export const healingGuards = [
  'policy',
  'failure-kind',
  'wanted',
  'operation',
  'paused',
  'maintenance',
  'recent-action',
  'start-allowance',
  'own-health',
  'fleet-wide',
  'contradiction',
  'dependencies',
  'tripped',
  'budget',
  'fleet-budget',
  'ladder',
] as const;
export type HealingGuard = (typeof healingGuards)[number];

/** What was found wrong. Only the first four are a machine's own failure. */
export const failureKinds = [
  /** Its process is gone without having been asked to go. */
  'ended',
  /** The guest panicked or its watchdog fired. */
  'held',
  /** Its checks fail. */
  'unreachable',
  /** A unit on it is not running. */
  'unit-failed',
  'host-key',
  'authentication',
  'name-resolution',
  'protocol',
  'cloud-refusal',
] as const;
export type FailureKind = (typeof failureKinds)[number];
