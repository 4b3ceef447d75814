import { alertChannels, alertSeverities } from '../../../main/contract/alert-rule.ts';
import {
  type AlertVariableName,
  alertComparisons,
  alertVariable,
  alertVariableNames,
} from '../../../main/contract/alert-variables.ts';
import { machineProviders } from '../../../main/contract/machine.ts';

/** What a line of the rules says, and what may stand there; from the one table that the engine reads too. */
export interface KeyHelp {
  readonly key: string;
  readonly words: string;
  /** What can be put there; empty where it is a number or a text of one's own. */
  readonly values: readonly string[];
}

const words: Readonly<Record<string, string>> = {
  name: 'a to z, 0 to 9, _ and -; each name once',
  metric: 'what the rule is about',
  threshold: 'a number in the unit of the metric; conditions need none',
  comparison: 'how the value is held against the threshold',
  severity: 'how bad it is',
  enabled: 'whether the rule is on',
  notification_channels: 'who is told, beside the desktop',
  for_seconds: 'beyond for so long before it fires, clear for as long before it is over',
  clear: 'over only once the value is on this side of it',
  no_data: 'keep, or {alert_after_seconds: 600}',
  machines: 'names or ids, like [web, db]; every machine when it is left out',
  tags: 'machines with any of these tags',
  providers: 'machines of these providers',
  windows: 'begins to fire only then, like ["mon,tue 08:00-18:00"]',
  remind_seconds: 'said again so often until it is acknowledged; 0 for never',
  escalate: '{after_seconds: 1800, notification_channels: [slack]}',
};

const values: Readonly<Record<string, readonly string[]>> = {
  metric: alertVariableNames,
  comparison: alertComparisons.map((each) => `"${each}"`),
  severity: alertSeverities,
  enabled: ['true', 'false'],
  notification_channels: alertChannels.map((each) => `[${each}]`),
  providers: machineProviders.map((each) => `[${each}]`),
  no_data: ['keep', '{alert_after_seconds: 600}'],
};

const line = /^(\s*(?:-\s+)?)([a-z_]+)(\s*:)/;

/** Null for a line that holds no key of a rule. */
export function keyHelp(text: string): KeyHelp | null {
  const key = line.exec(text)?.[2] ?? '';
  const known = words[key];
  if (known === undefined) return null;
  return { key, words: `${known}${metricWords(key, text)}`, values: values[key] ?? [] };
}

/** `CPU, percent, 0 to 100` of the metric that stands there. */
function metricWords(key: string, text: string): string {
  if (key !== 'metric') return '';
  const name = text.slice(text.indexOf(':') + 1).trim();
  if (!isVariable(name)) return '';
  const { words: said, unit, low, high } = alertVariable(name);
  return `: ${said}, ${unit}, ${low} to ${high}`;
}

function isVariable(name: string): name is AlertVariableName {
  return alertVariableNames.some((each) => each === name);
}

/** The line with another value; what follows as a comment stays. */
export function withValue(text: string, value: string): string {
  const [, indent = '', key = ''] = line.exec(text) ?? [];
  const comment = / #.*$/.exec(text)?.[0] ?? '';
  return `${indent}${key}: ${value}${comment}`;
}
