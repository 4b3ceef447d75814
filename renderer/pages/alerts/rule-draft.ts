import { type AlertChannel, AlertRule, type AlertSeverity, thresholdOf } from '../../../main/contract/alert-rule.ts';
import { type AlertComparison, type AlertVariableName, alertVariable } from '../../../main/contract/alert-variables.ts';
import { type FieldFault, faultsOfSchema } from '../../components/field-fault.ts';

/** What stands in the form of a rule, as typed. An empty field takes what holds without it. */
export interface RuleDraft {
  readonly name: string;
  readonly metric: AlertVariableName;
  readonly comparison: AlertComparison;
  readonly threshold: string;
  readonly clear: string;
  readonly severity: AlertSeverity;
  readonly enabled: boolean;
  readonly forSeconds: string;
  /** Empty: nothing is decided where nothing is known. */
  readonly noDataSeconds: string;
  readonly channels: readonly AlertChannel[];
  /** With commas between, as the next two. */
  readonly machines: string;
  readonly tags: string;
  readonly providers: string;
  /** One a line. */
  readonly windows: string;
  readonly remindSeconds: string;
  readonly escalateSeconds: string;
  readonly escalateChannels: readonly AlertChannel[];
}

export const newRule: RuleDraft = {
  name: '',
  metric: 'cpu_percent',
  comparison: '>',
  threshold: '90',
  clear: '',
  severity: 'warning',
  enabled: true,
  forSeconds: '300',
  noDataSeconds: '',
  channels: [],
  machines: '',
  tags: '',
  providers: '',
  windows: '',
  remindSeconds: '',
  escalateSeconds: '',
  escalateChannels: [],
};

export function draftOf(rule: AlertRule): RuleDraft {
  const text = (value: number | undefined): string => (value === undefined || value === 0 ? '' : String(value));
  return {
    name: rule.name,
    metric: rule.metric,
    comparison: rule.comparison,
    threshold: String(thresholdOf(rule)),
    clear: rule.clear === undefined ? '' : String(rule.clear),
    severity: rule.severity,
    enabled: rule.enabled,
    forSeconds: text(rule.for_seconds),
    noDataSeconds: rule.no_data === 'keep' ? '' : String(rule.no_data.alert_after_seconds),
    channels: rule.notification_channels,
    machines: rule.machines?.join(', ') ?? '',
    tags: rule.tags?.join(', ') ?? '',
    providers: rule.providers?.join(', ') ?? '',
    windows: rule.windows?.join('\n') ?? '',
    remindSeconds: text(rule.remind_seconds),
    escalateSeconds: text(rule.escalate?.after_seconds),
    escalateChannels: rule.escalate?.notification_channels ?? [],
  };
}

/** What was typed as a rule; or what is wrong with it, at most once for each field. */
export function ruleOf(draft: RuleDraft): { readonly rule: AlertRule | null; readonly faults: readonly FieldFault[] } {
  const threshold = numberIn(draft.threshold);
  const input = {
    name: draft.name.trim(),
    metric: draft.metric,
    comparison: draft.comparison,
    // What holds without being said need not be said.
    ...(threshold === undefined || threshold === alertVariable(draft.metric).threshold ? {} : { threshold }),
    ...optional('clear', numberIn(draft.clear)),
    severity: draft.severity,
    enabled: draft.enabled,
    notification_channels: [...draft.channels],
    for_seconds: numberIn(draft.forSeconds) ?? 0,
    no_data: draft.noDataSeconds.trim() === '' ? 'keep' : { alert_after_seconds: numberIn(draft.noDataSeconds) },
    ...optional('machines', listIn(draft.machines, ',')),
    ...optional('tags', listIn(draft.tags, ',')),
    ...optional('providers', listIn(draft.providers, ',')),
    ...optional('windows', listIn(draft.windows, '\n')),
    remind_seconds: numberIn(draft.remindSeconds) ?? 0,
    ...(draft.escalateSeconds.trim() === ''
      ? {}
      : {
          escalate: {
            after_seconds: numberIn(draft.escalateSeconds),
            notification_channels: [...draft.escalateChannels],
          },
        }),
  };
  const parsed = AlertRule.safeParse(input);
  return { rule: parsed.success ? parsed.data : null, faults: faultsOfSchema(parsed) };
}

/** The fault of a field, or of something within it. */
export function faultAt(faults: readonly FieldFault[], field: string): FieldFault | undefined {
  return faults.find((fault) => fault.field === field || fault.field.startsWith(`${field}.`));
}

/** Undefined for nothing; what is no number stays what it is, for the schema to refuse. */
function numberIn(text: string): number | string | undefined {
  const trimmed = text.trim().replace(',', '.');
  if (trimmed === '') return undefined;
  return /^-?\d{1,14}(?:\.\d{1,6})?$/.test(trimmed) ? Number(trimmed) : text;
}

function listIn(text: string, separator: string): readonly string[] | undefined {
  const found = text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return found.length === 0 ? undefined : found;
}

function optional<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: T });
}
