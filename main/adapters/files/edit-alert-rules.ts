import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isSeq } from 'yaml';
import {
  type AlertChannel,
  AlertRule,
  type AlertRuleInput,
  type AlertRules,
  NotificationConfig,
} from '../../contract/alert-rule.ts';
import { VigilError } from '../../contract/failure.ts';
import type { ChannelChange } from '../../engine/ports/alert-rules-file.ts';

/** Changes to the document of the alert rules that keep its comments. Each answers what the document must say afterwards. */

/** What holds without being written, and is no part of what every rule says. */
const unsaid: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['for_seconds', 0],
  ['no_data', 'keep'],
  ['remind_seconds', 0],
]);

export function added(document: Document, present: AlertRules, input: AlertRuleInput): AlertRules {
  const rule = AlertRule.parse(input);
  if (present.rules.some(({ name }) => name === rule.name))
    throw new VigilError('conflict', `There is an alert rule called '${rule.name}' already.`, { field: 'name' });
  if (!isMap(document.contents)) document.contents = document.createNode({});
  const rules = document.getIn(['rules'], true);
  const said = Object.fromEntries(
    Object.entries(input).filter(([key, value]) => value !== undefined && value !== unsaid.get(key)),
  );
  if (isSeq(rules)) {
    // An empty list can only be written as `[]`; the first rule need not stand within it on one line.
    if (rules.items.length === 0) rules.flow = false;
    rules.add(document.createNode(said));
  } else document.setIn(['rules'], document.createNode([said]));
  return { ...present, rules: [...present.rules, rule] };
}

export function enabledAs(document: Document, present: AlertRules, name: string, enabled: boolean): AlertRules {
  document.setIn(['rules', placeOf(present, name), 'enabled'], enabled);
  return { ...present, rules: present.rules.map((rule) => (rule.name === name ? { ...rule, enabled } : rule)) };
}

export function removed(document: Document, present: AlertRules, name: string): AlertRules {
  document.deleteIn(['rules', placeOf(present, name)]);
  return { ...present, rules: present.rules.filter((rule) => rule.name !== name) };
}

/** Each field on its own, so that the comments beside the others stay. */
export function replaced(document: Document, present: AlertRules, name: string, input: AlertRuleInput): AlertRules {
  const rule = AlertRule.parse(input);
  const place = placeOf(present, name);
  if (rule.name !== name && present.rules.some((other) => other.name === rule.name))
    throw new VigilError('conflict', `There is an alert rule called '${rule.name}' already.`, { field: 'name' });
  const before = present.rules[place];
  for (const key of Object.keys(AlertRule.shape) as (keyof AlertRule)[]) {
    const wanted = rule[key];
    if (isDeepStrictEqual(wanted, before?.[key])) continue;
    const at = ['rules', place, key];
    if (wanted === undefined || wanted === unsaid.get(key)) document.deleteIn(at);
    else document.setIn(at, document.createNode(wanted));
  }
  return { ...present, rules: present.rules.map((other, index) => (index === place ? rule : other)) };
}

export function channelSet(
  document: Document,
  present: AlertRules,
  channel: AlertChannel,
  { enabled, min_severity }: ChannelChange,
): AlertRules {
  if (!isMap(document.contents)) document.contents = document.createNode({});
  const before = present.notification_config[channel];
  for (const [key, value] of [
    ['enabled', enabled],
    ['min_severity', min_severity],
  ] as const) {
    const at = ['notification_config', channel, key];
    // What holds without being written stays unwritten.
    if (before === undefined ? value === 'info' : before[key] === value) continue;
    if (!isMap(document.getIn(['notification_config'], true)))
      document.setIn(['notification_config'], document.createNode({}));
    if (!isMap(document.getIn(['notification_config', channel], true)))
      document.setIn(['notification_config', channel], document.createNode({}));
    document.setIn(at, value);
  }
  const after = { ...before, enabled, min_severity };
  return {
    ...present,
    notification_config: NotificationConfig.parse({ ...present.notification_config, [channel]: after }),
  };
}

function placeOf({ rules }: AlertRules, name: string): number {
  const place = rules.findIndex((rule) => rule.name === name);
  if (place < 0) throw new VigilError('not-found', `There is no alert rule called '${name}'.`);
  return place;
}
