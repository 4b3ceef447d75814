import type { Machine } from '../contract/machine.ts';
import { isPaidWhileOff, type Severity, severities, severityOf } from '../contract/machine-condition.ts';
import type { Operation } from '../contract/operation.ts';
import { operationWords } from '../contract/operation-words.ts';
import { paidWhileOffReason, stateWordOf } from '../contract/state-words.ts';

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

export function conditionOf(machine: Machine, operations: readonly Operation[]): Condition {
  const operation = operations.find(({ machineId, state }) => machineId === machine.id && state === 'running') ?? null;
  const severity = severityOf(machine, operation ?? undefined);
  const troubled = severity === 'critical' || severity === 'unknown' || severity === 'warning';
  return {
    machine,
    severity,
    operation,
    word: stateWordOf(machine),
    doing: operation === null ? null : operationWords[operation.kind].doing.toLowerCase(),
    reason: troubled ? reasonOf(machine) : null,
    since: troubled ? (machine.health.since ?? machine.notice?.since ?? null) : null,
  };
}

/** As a part of a sentence that has named the machine already. */
function reasonOf(machine: Machine): string | null {
  const { name, health, notice } = machine;
  const reason = health.reason ?? notice?.text ?? (isPaidWhileOff(machine) ? paidWhileOffReason : null);
  if (reason === null) return null;
  const own = `'${name}' `;
  return (reason.startsWith(own) ? reason.slice(own.length) : reason).replace(/\.$/, '');
}

/** Sorts the machine that needs a person most to the top; what runs before what does not; then by name. */
export function worstFirst(a: Condition, b: Condition): number {
  return (
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    Number(a.machine.startedAt === null) - Number(b.machine.startedAt === null) ||
    (a.machine.name < b.machine.name ? -1 : 1)
  );
}
