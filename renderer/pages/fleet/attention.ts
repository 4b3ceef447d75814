import { healthWord, securityCause } from '../../../main/contract/health-words.ts';
import type { Machine, NoticeKind } from '../../../main/contract/machine.ts';
import { isPaidWhileOff, type Severity, severities, severityOf } from '../../../main/contract/machine-condition.ts';
import type { Operation } from '../../../main/contract/operation.ts';
import { paidWhileOffReason, stateWordOf } from '../../../main/contract/state-words.ts';
import { type ShownVerb, verbsOf } from '../../components/machine-verbs.ts';
import { sentence } from '../../format/sentence.ts';

/** One machine that asks for a person's eye, as a sentence: what, since when, the rest. */
export interface AttentionLine {
  readonly machine: Machine;
  readonly severity: 'critical' | 'unknown' | 'warning';
  readonly lead: string;
  /** ISO 8601; null where nobody knows. */
  readonly since: string | null;
  /** Empty where the lead says it all. */
  readonly rest: string;
  /** What can be done about it here, the likeliest first. */
  readonly verbs: readonly ShownVerb[];
}

function asks(severity: Severity): severity is AttentionLine['severity'] {
  return severity === 'critical' || severity === 'unknown' || severity === 'warning';
}

/** Every machine that asks for attention, worst first; of equals the newest, which is what one was just told of. */
export function attentionLines(
  machines: Iterable<Machine>,
  operationOf: (machine: Machine) => Operation | undefined,
): readonly AttentionLine[] {
  const lines: AttentionLine[] = [];
  for (const machine of machines) {
    const operation = operationOf(machine);
    const severity = severityOf(machine, operation);
    if (!asks(severity)) continue;
    const { notice, health, azure } = machine;
    const speaks = notice !== null && notice.severity !== 'info';
    const isPaid = isPaidWhileOff(machine);
    const text = speaks
      ? notice.text
      : isPaid
        ? paidWhileOffReason
        : (securityWords(machine) ?? health.reason ?? azure?.trouble ?? silentReasons[severity]);
    const since = speaks ? notice.since : health.since;
    const lead = speaks ? kindLeads[notice.kind] : isPaid ? stateWordOf(machine) : leadOf(machine);
    const said = lead === undefined ? sentence(text, machine.name) : { lead, rest: text };
    lines.push({ machine, severity, ...said, since, verbs: remedies(machine, operation) });
  }
  return lines.sort(
    (a, b) =>
      severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
      (b.since ?? '').localeCompare(a.since ?? '') ||
      a.machine.name.localeCompare(b.machine.name),
  );
}

function securityWords({ health }: Machine): string | null {
  const cause = securityCause(health);
  return cause === null ? null : `Security: ${cause}`;
}

/** What a check found, by its name; the reason says the rest. */
function leadOf({ health }: Machine): string | undefined {
  return health.reason !== null && health.method === 'ssh' && health.status !== 'unknown'
    ? healthWord(health)
    : undefined;
}

/** Kinds whose text begins with a place in a file: the fact has to come first. */
const kindLeads: Readonly<Partial<Record<NoticeKind, string>>> = {
  definition: 'Definition refused',
  edited: 'Edited on disk',
};

const silentReasons: Readonly<Record<AttentionLine['severity'], string>> = {
  critical: 'Failed',
  unknown: 'No reading',
  warning: 'Degraded',
};

const checked: readonly ShownVerb[] = ['health', 'why', 'console', 'restart'];
const ended: readonly ShownVerb[] = ['why', 'console', 'start', 'restart'];

function remedies(machine: Machine, operation: Operation | undefined): readonly ShownVerb[] {
  const possible = verbsOf(machine, operation);
  // A definition is mended in its file.
  const isFile = machine.notice?.kind === 'definition' && machine.notice.severity !== 'critical';
  const wanted: readonly ShownVerb[] = isPaidWhileOff(machine)
    ? ['deallocate', 'start', 'why']
    : isFile
      ? ['why']
      : machine.health.method === 'ssh'
        ? checked
        : ended;
  return wanted.filter((verb) => possible.includes(verb));
}
