import type { Machine, MachineState } from '../contract/machine.ts';
import type { Operation } from '../contract/operation.ts';
import { operationWords } from '../contract/operation-words.ts';
import { stateWords } from '../contract/state-words.ts';

/** How much a machine asks for a person's eye. */
export type Severity = 'critical' | 'warning' | 'busy' | 'none';

/** A machine as the tray judges it. */
export interface Condition {
  readonly machine: Machine;
  readonly severity: Severity;
  /** The operation under way. */
  readonly operation: Operation | null;
  /** `Running`, `Failed`. */
  readonly word: string;
  /** `stopping`, while an operation runs. */
  readonly doing: string | null;
  /** What is wrong, as far as it is known. */
  readonly reason: string | null;
  /** Since when; ISO 8601 UTC. */
  readonly since: string | null;
}

const betweenStates: ReadonlySet<MachineState> = new Set(['creating', 'starting', 'stopping', 'deallocating']);

export function conditionOf(machine: Machine, operations: readonly Operation[]): Condition {
  const operation = operations.find(({ machineId, state }) => machineId === machine.id && state === 'running') ?? null;
  const severity = severityOf(machine, operation);
  const troubled = severity === 'critical' || severity === 'warning';
  return {
    machine,
    severity,
    operation,
    word: stateWords[machine.state],
    doing: operation === null ? null : operationWords[operation.kind].doing.toLowerCase(),
    reason: troubled ? reasonOf(machine) : null,
    since: troubled ? (machine.health.since ?? machine.notice?.since ?? null) : null,
  };
}

/** As a part of a sentence that has named the machine already. */
function reasonOf({ name, health, notice }: Machine): string | null {
  const reason = health.reason ?? notice?.text ?? null;
  if (reason === null) return null;
  const own = `'${name}' `;
  return (reason.startsWith(own) ? reason.slice(own.length) : reason).replace(/\.$/, '');
}

function severityOf({ state, health, notice }: Machine, operation: Operation | null): Severity {
  if (state === 'failed' || health.status === 'unhealthy' || notice?.severity === 'critical') return 'critical';
  // Unknown is not down: it asks for a look, not for an alarm.
  if (state === 'unknown' || health.status === 'degraded' || notice?.severity === 'warning') return 'warning';
  return operation !== null || betweenStates.has(state) ? 'busy' : 'none';
}

const order: Record<Severity, number> = { critical: 0, warning: 1, busy: 2, none: 3 };

/** Sorts the machine that needs a person most to the top; what runs before what does not; then by name. */
export function worstFirst(a: Condition, b: Condition): number {
  return (
    order[a.severity] - order[b.severity] ||
    Number(a.machine.startedAt === null) - Number(b.machine.startedAt === null) ||
    (a.machine.name < b.machine.name ? -1 : 1)
  );
}
