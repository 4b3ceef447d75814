import type { FailureKind } from '../../contract/healing.ts';
import type { CheckKind } from '../../contract/health-check.ts';

/** What can be found on a machine once somebody looks inside. */
export type Symptom =
  | 'unit-inactive'
  | 'unit-not-running'
  | 'crash-loop'
  | 'disk-critical'
  | 'disk-warning'
  | 'memory-warning'
  | 'heartbeat-missing'
  | 'heartbeat-old'
  | 'recent-errors';

interface Verdict {
  /** `degraded` is a WARNING, `failed` a CRITICAL. */
  readonly kind: Extract<CheckKind, 'degraded' | 'failed'>;
  /** What it is to healing; null for what no restart makes better. */
  readonly cause: FailureKind | null;
}

/** The one table of how bad each symptom is. A full disk is critical and yet no reason to restart: it would be as full. */
export const symptomVerdicts: Readonly<Record<Symptom, Verdict>> = {
  'unit-inactive': { kind: 'failed', cause: 'unit-failed' },
  'unit-not-running': { kind: 'failed', cause: 'unit-failed' },
  'crash-loop': { kind: 'degraded', cause: null },
  'disk-critical': { kind: 'failed', cause: null },
  'disk-warning': { kind: 'degraded', cause: null },
  'memory-warning': { kind: 'degraded', cause: null },
  'heartbeat-missing': { kind: 'degraded', cause: null },
  'heartbeat-old': { kind: 'degraded', cause: null },
  'recent-errors': { kind: 'degraded', cause: null },
};

/** More than so many restarts within the window are a crash loop. */
export const crashLoop = { restarts: 5, windowMs: 300_000 } as const;
/** How far back a unit's errors are looked for, and how many are shown. */
export const recentErrors = { windowSeconds: 300, lines: 5 } as const;
