import { z } from 'zod';
import { alertComparisons, alertVariable, alertVariableNames } from './alert-variables.ts';
import { MachineReference, machineProviders } from './machine.ts';
import { MaintenanceWindow } from './maintenance-window.ts';

/** `alert_rules.yaml`: when a person is told, and over which channels. Names as people already have them in such files. */

export const alertSeverities = ['info', 'warning', 'critical'] as const;
export type AlertSeverity = (typeof alertSeverities)[number];

export const alertChannels = ['desktop', 'email', 'slack', 'discord', 'teams', 'webhook', 'appinsights'] as const;
export type AlertChannel = (typeof alertChannels)[number];

const seconds = (low: number, high: number) =>
  z.number({ error: 'A number of seconds.' }).min(low, `At least ${low} s.`).max(high, `At most ${high} s.`);
const atMost = <T extends z.ZodType>(what: T, count: number) =>
  z.array(what, { error: 'A list like [one, two].' }).max(count, `At most ${count}.`);

export const AlertRuleName = z
  .string({ error: 'A name like high_cpu.' })
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'A name has 1 to 63 characters: a to z, 0 to 9, _ and -.');
const Severity = z.enum(alertSeverities, { error: `A severity is one of ${alertSeverities.join(', ')}.` });
const Channel = z.enum(alertChannels, { error: `A channel is one of ${alertChannels.join(', ')}.` });
const Channels = atMost(Channel, alertChannels.length);

const fields = {
  name: AlertRuleName,
  metric: z.enum(alertVariableNames, { error: `A metric is one of ${alertVariableNames.join(', ')}.` }),
  /** What holds for the metric when it is left out; readings have no such thing. */
  threshold: z.number({ error: 'A number.' }).optional(),
  comparison: z.enum(alertComparisons, { error: `A comparison is one of ${alertComparisons.join(' ')}` }).default('>'),
  severity: Severity,
  enabled: z.boolean({ error: 'true or false.' }).default(true),
  notification_channels: Channels.default([]),
  /** The value must be beyond the threshold for so long, and clear of it for as long before it is over. */
  for_seconds: seconds(0, 604_800).default(0),
  /** Over only once the value is on this side of it; the threshold when absent. */
  clear: z.number({ error: 'A number.' }).optional(),
  /** Where nothing is known: nothing is decided, or it is told as an alert after so long. */
  no_data: z
    .union([z.literal('keep'), z.strictObject({ alert_after_seconds: seconds(60, 604_800) })], {
      error: '"keep", or alert_after_seconds with a number from 60 to 604800 below it.',
    })
    .default('keep'),
  /** Names, tags and providers narrow it down together; every machine when all three are absent. */
  machines: atMost(MachineReference, 256).optional(),
  tags: atMost(z.string().min(1, 'Give a tag.').max(64, 'A tag has at most 64 characters.'), 32).optional(),
  providers: atMost(
    z.enum(machineProviders, { error: `A provider is one of ${machineProviders.join(', ')}.` }),
    3,
  ).optional(),
  /** It begins to fire inside of them only; at any time when absent. */
  windows: atMost(MaintenanceWindow, 16).optional(),
  /** Said again so often while it fires and nobody has acknowledged it; 0 for never. */
  remind_seconds: z
    .union([z.literal(0), seconds(60, 604_800)], { error: '0, or a number of seconds from 60 to 604800.' })
    .default(0),
  /** Said to these as well when nobody has acknowledged it for so long. */
  escalate: z.strictObject({ after_seconds: seconds(60, 604_800), notification_channels: Channels }).optional(),
};

export const AlertRule = z.strictObject(fields).check((context) => {
  const rule = context.value;
  const { low, high, threshold: usual, worry } = alertVariable(rule.metric);
  const refuse = (field: 'threshold' | 'clear' | 'comparison', message: string): void => {
    context.issues.push({ code: 'custom', path: [field], message, input: rule[field] });
  };
  if (worry === 'low' && rule.comparison.startsWith('>'))
    return refuse('comparison', `The fewer they are the worse: for ${rule.metric} it is < or <=.`);
  const threshold = rule.threshold ?? usual;
  if (threshold === undefined) return refuse('threshold', `A rule about ${rule.metric} needs a threshold.`);
  for (const field of ['threshold', 'clear'] as const) {
    const value = rule[field];
    if (value !== undefined && (value < low || value > high))
      refuse(field, `For ${rule.metric} it is a number from ${low} to ${high}.`);
  }
  if (rule.clear === undefined) return;
  const isAbove = rule.comparison.startsWith('>');
  if (isAbove ? rule.clear > threshold : rule.clear < threshold)
    refuse('clear', `It must lie ${isAbove ? 'at or below' : 'at or above'} the threshold ${threshold}.`);
});
export type AlertRule = z.infer<typeof AlertRule>;
export type AlertRuleInput = z.input<typeof AlertRule>;

/** The threshold in force. */
export function thresholdOf(rule: AlertRule): number {
  return rule.threshold ?? alertVariable(rule.metric).threshold ?? 0;
}

const Text = z.string({ error: 'A text.' }).max(2048, 'At most 2048 characters.');
const channel = {
  enabled: z.boolean({ error: 'true or false.' }).default(false),
  /** Only alerts at least as severe. */
  min_severity: Severity.default('info'),
  /** It may lie on a private or loopback address, or speak plain http. */
  allow_private: z.boolean({ error: 'true or false.' }).default(false),
};
const hooked = z.strictObject({ ...channel, webhook_url: Text.optional() }).optional();

export const NotificationConfig = z.strictObject({
  desktop: z.strictObject({ ...channel, enabled: channel.enabled.default(true) }).optional(),
  email: z
    .strictObject({
      ...channel,
      smtp_host: Text.optional(),
      smtp_port: z
        .int({ error: 'A port.' })
        .min(1, 'A port is 1 to 65535.')
        .max(65535, 'A port is 1 to 65535.')
        .optional(),
      from_address: Text.optional(),
      to_addresses: atMost(Text, 32).optional(),
    })
    .optional(),
  slack: hooked,
  discord: hooked,
  teams: hooked,
  webhook: z.strictObject({ ...channel, url: Text.optional() }).optional(),
  appinsights: z.strictObject(channel).optional(),
});
export type NotificationConfig = z.infer<typeof NotificationConfig>;

export const AlertRules = z
  .strictObject({
    rules: z.array(AlertRule, { error: 'A list of rules.' }).max(500, 'At most 500 rules.').default([]),
    notification_config: NotificationConfig.prefault({}),
  })
  .check((context) => {
    const seen = new Set<string>();
    for (const [index, { name }] of context.value.rules.entries()) {
      if (seen.has(name)) {
        const message = `There are two rules called ${name}.`;
        context.issues.push({ code: 'custom', path: ['rules', index, 'name'], message, input: name });
      }
      seen.add(name);
    }
  });
export type AlertRules = z.infer<typeof AlertRules>;
