import type { AlertCount, AlertMute, AlertRehearsal, Episode } from '../../../main/contract/alert.ts';
import { type AlertChannel, AlertRule, type AlertRuleInput } from '../../../main/contract/alert-rule.ts';
import type { AlertText } from '../../../main/contract/alert-text.ts';
import { alertVariable } from '../../../main/contract/alert-variables.ts';
import { type Channel, secretSlots } from '../../../main/contract/channel.ts';
import type { ChannelPreview } from '../../../main/contract/channel-preview.ts';
import type { Delivery } from '../../../main/contract/delivery.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { storyId, storyNow } from './fleet-story.ts';

/** What fires at the moment of the story, by which rules, and who was told. */

const before = (minutes: number): string => new Date(storyNow - minutes * 60_000).toISOString();
const dayMinutes = 24 * 60;

const inputs: readonly AlertRuleInput[] = [
  { name: 'high_cpu', metric: 'cpu_percent', threshold: 80, severity: 'warning', notification_channels: ['email'] },
  {
    name: 'high_memory',
    metric: 'memory_percent',
    threshold: 85,
    clear: 80,
    for_seconds: 300,
    severity: 'warning',
    notification_channels: ['email', 'slack'],
  },
  {
    name: 'disk_space',
    metric: 'disk_percent',
    threshold: 90,
    severity: 'critical',
    notification_channels: ['email', 'slack'],
    remind_seconds: 3600,
  },
  { name: 'machine_down', metric: 'machine_down', severity: 'critical', notification_channels: ['slack'] },
  {
    name: 'night_net_out',
    metric: 'network_out_bytes_per_second',
    threshold: 20_000_000,
    severity: 'info',
    enabled: false,
    windows: ['daily 22:00-06:00'],
  },
];
export const storyRules: readonly AlertRule[] = inputs.map((input) => AlertRule.parse(input));

export function episodeOf(number: number, change: Partial<Episode> = {}): Episode {
  return {
    id: storyId(700 + number),
    rule: 'high_cpu',
    machine: 'gitea',
    machineId: storyId(7),
    metric: 'cpu_percent',
    severity: 'warning',
    state: 'firing',
    actualValue: 88.3,
    threshold: 80,
    message: "CPU of 'gitea' is 88.3 %: above 80 %.",
    since: before(12),
    firedAt: before(12),
    resolvedAt: null,
    resolvedBecause: null,
    acknowledgedBy: null,
    count: 1,
    isFlapping: false,
    heldBy: null,
    affected: [],
    ...change,
  };
}

export const storyActive: readonly Episode[] = [
  episodeOf(1),
  episodeOf(2, {
    rule: 'machine_down',
    machine: 'build-vm',
    machineId: storyId(1),
    metric: 'machine_down',
    severity: 'critical',
    actualValue: 1,
    threshold: 0,
    message: "'build-vm' is down.",
    since: before(4),
    firedAt: before(4),
  }),
  episodeOf(3, {
    rule: 'own-network',
    machine: null,
    machineId: null,
    metric: null,
    severity: 'critical',
    actualValue: null,
    threshold: null,
    message: 'This computer has no network.',
    since: before(9),
    firedAt: before(9),
    affected: ['nas-cellar', 'relay-berlin'],
  }),
  episodeOf(4, {
    rule: 'machine_down',
    machine: 'nas-cellar',
    machineId: storyId(15),
    metric: 'machine_down',
    severity: 'critical',
    actualValue: 1,
    threshold: 0,
    message: "'nas-cellar' is down.",
    since: before(8),
    firedAt: before(8),
    heldBy: 'a common cause',
  }),
  episodeOf(5, {
    rule: 'disk_space',
    machine: 'api-stage',
    machineId: storyId(4),
    metric: 'disk_percent',
    severity: 'critical',
    actualValue: 91.7,
    threshold: 90,
    message: "Disk of 'api-stage' is 91.7 %: above 90 %.",
    since: before(260),
    firedAt: before(258),
    acknowledgedBy: 'ada',
    count: 3,
  }),
  {
    ...episodeOf(6, { rule: 'high_memory', metric: 'memory_percent', actualValue: 86.1, threshold: 85 }),
    id: `pending-high_memory-${storyId(7)}`,
    state: 'pending',
    firedAt: null,
    count: 0,
    message: "Memory of 'gitea' is 86.1 %: above 85 %.",
    since: before(2),
  },
];

/** A month of alerts that are over, and those that fire. */
export const storyPast: readonly Episode[] = [
  ...storyActive.filter(({ state }) => state === 'firing'),
  ...Array.from({ length: 240 }, (_, index) => {
    const rule = storyRules[index % 3] ?? storyRules[0];
    const at = 90 + index * 170;
    return episodeOf(100 + index, {
      rule: rule?.name ?? '',
      metric: rule?.metric ?? null,
      severity: rule?.severity ?? 'info',
      machine: ['gitea', 'api-stage', 'web-prod-1'][index % 3] ?? '',
      actualValue: 86 + ((index * 7) % 130) / 10,
      threshold: 85,
      state: 'resolved',
      since: before(at + 6),
      firedAt: before(at + 5),
      resolvedAt: before(at - 20 - (index % 40)),
      resolvedBecause: index % 9 === 0 ? 'The rule is off or gone.' : '',
      acknowledgedBy: index % 5 === 0 ? 'ada' : null,
      count: 1 + (index % 4 === 0 ? 2 : 0),
    });
  }),
];

export const storyCounts: readonly AlertCount[] = [
  { rule: 'high_cpu', alerts: 82, lastFiredAt: before(12) },
  { rule: 'high_memory', alerts: 80, lastFiredAt: before(400) },
  { rule: 'disk_space', alerts: 81, lastFiredAt: before(258) },
];

export const storyMutes: readonly AlertMute[] = [
  {
    id: storyId(801),
    kind: 'snooze',
    rule: 'high_cpu',
    machine: 'web-prod-1',
    from: before(20),
    until: before(-40),
    window: null,
    by: 'ada',
    file: null,
  },
  {
    id: storyId(802),
    kind: 'maintenance',
    rule: null,
    machine: 'api-stage',
    from: before(-90),
    until: before(-210),
    window: null,
    by: 'ada',
    file: null,
  },
  {
    id: storyId(803),
    kind: 'maintenance',
    rule: null,
    machine: null,
    from: null,
    until: null,
    window: 'sun 02:00-04:00',
    by: 'ada',
    file: null,
  },
  {
    id: 'lifecycle-config.toml-1',
    kind: 'maintenance',
    rule: null,
    machine: 'gitea',
    from: null,
    until: null,
    window: 'daily 03:00-03:30',
    by: null,
    file: 'lifecycle-config.toml',
  },
];

function channelOf(name: AlertChannel, change: Partial<Channel>): Channel {
  return {
    name,
    state: 'off',
    hint: `Say enabled: true for notification_config.${name} in alert_rules.yaml.`,
    leadsTo: null,
    minSeverity: 'info',
    waiting: 0,
    parked: 0,
    trouble: null,
    secrets: [],
    ...change,
  };
}
export const storyChannels: readonly Channel[] = [
  channelOf('desktop', { state: 'ready', hint: null }),
  channelOf('email', {
    state: 'ready',
    hint: null,
    leadsTo: 'ada@example.test',
    minSeverity: 'warning',
    secrets: [{ slot: 'mail password', source: 'store' }],
  }),
  channelOf('slack', {
    state: 'ready',
    hint: null,
    leadsTo: 'hooks.slack.com',
    waiting: 1,
    parked: 1,
    trouble: 'The receiver refused the message: 404.',
    secrets: [{ slot: 'slack address', source: 'environment' }],
  }),
  channelOf('discord', { secrets: [{ slot: 'discord address', source: null }] }),
  channelOf('teams', {
    state: 'not set up',
    hint: 'notification_config.teams.webhook_url in alert_rules.yaml says no address yet.',
    secrets: [{ slot: 'teams address', source: null }],
  }),
  channelOf('webhook', {
    secrets: [
      { slot: 'webhook address', source: null },
      { slot: 'webhook signing key', source: null },
    ],
  }),
  channelOf('appinsights', { secrets: [{ slot: 'application insights connection', source: null }] }),
];

export const storyDeliveries: readonly Delivery[] = storyActive
  .filter(({ state }) => state === 'firing')
  .flatMap((episode, index) =>
    (['desktop', 'email', 'slack'] as const).map((channel, place): Delivery => {
      const state = channel !== 'slack' ? 'delivered' : index === 0 ? 'parked' : index === 1 ? 'waiting' : 'delivered';
      return {
        id: storyId(900 + index * 3 + place),
        channel,
        key: `${episode.rule}/${episode.machineId}/1`,
        episode: episode.id,
        kind: 'firing',
        rule: episode.rule,
        machine: episode.machine,
        severity: episode.severity,
        title: `${episode.machine ?? 'This computer'}: ${episode.rule}`,
        state,
        attempts: state === 'waiting' ? 4 : 1,
        at: episode.firedAt ?? before(0),
        deliveredAt: state === 'delivered' ? (episode.firedAt ?? before(0)) : null,
        nextTryAt: state === 'waiting' ? before(-3) : null,
        reason:
          state === 'parked'
            ? 'The receiver refused the message: 404.'
            : state === 'waiting'
              ? 'The receiver is busy: 503.'
              : '200 ok',
      };
    }),
  );

/** Once every four days it would have fired, on the first two machines that the rule may be about. */
export function storyAlertRehearsal(rule: AlertRule, days: number, machines: readonly Machine[]): AlertRehearsal {
  const every = 4 * dayMinutes;
  const alerts = [machines.find(({ name }) => name === 'gitea'), machines.find(({ name }) => name === 'api-stage')]
    .filter((machine) => machine !== undefined)
    .flatMap(({ name }, place) =>
      Array.from({ length: Math.floor((days * dayMinutes) / every) }, (_, index) => ({
        machine: name,
        firedAt: before((index + 1) * every - place * 700 - 120),
        resolvedAt: before((index + 1) * every - place * 700 - 120 - 41),
        value: 86.4 + index,
        count: 1 + (index % 3 === 0 ? 1 : 0),
      })),
    )
    .sort((a, b) => a.firedAt.localeCompare(b.firedAt));
  return {
    rule: rule.name,
    from: before(days * dayMinutes),
    to: before(0),
    machines: machines.length,
    alerts:
      alertVariable(rule.metric).source.kind === 'reading' ? alerts : alerts.map((alert) => ({ ...alert, value: 1 })),
    remark: null,
  };
}

const marker = '# Line 37 to 48, the channels, are not shown here: leave this line where it is.';
export const storyAlertText: AlertText = {
  path: '/home/ada/.vigil/alert_rules.yaml',
  text: [
    '# When Vigil tells you that something is wrong, and how.',
    'rules:',
    '  - name: high_cpu',
    '    metric: cpu_percent',
    '    threshold: 80',
    '    comparison: ">"',
    '    severity: warning # loud enough',
    '    notification_channels: [email]',
    '  - name: machine_down',
    '    metric: machine_down',
    '    severity: critical',
    '    notification_channels: [slack]',
    ...storyRules
      .slice(1)
      .flatMap(({ name }) => [
        `  - name: ${name}_at_night`,
        '    metric: disk_percent',
        '    threshold: 90',
        '    severity: warning',
        '    windows: ["daily 22:00-06:00"]',
        '    notification_channels: [email, slack, discord, teams, webhook, appinsights] # everybody who may be awake then',
      ]),
    marker,
    '',
  ].join('\n'),
  hidden: [{ marker, lines: 12 }],
  version: `alert_rules.yaml ${'a'.repeat(64)}`,
  faults: [],
};

export function storyPreview(channel: AlertChannel, rule: string, tells: string): ChannelPreview {
  const isOver = tells === 'resolved';
  const title = isOver ? `gitea: ${rule} is over` : `gitea: ${rule}`;
  const isProgram = channel === 'webhook' || channel === 'appinsights';
  const hasLook = !isProgram && channel !== 'desktop';
  const word = isOver ? 'RESOLVED' : 'WARNING';
  return {
    channel,
    title: channel === 'email' ? `[Vigil] ${word}: ${title}` : title,
    body: isOver ? 'It fired for 12 min.' : "CPU of 'gitea' is 85 %: above 80 %.",
    foot: hasLook ? `Vigil · ${before(0)} · ${rule}/${storyId(7)}/1` : null,
    colour: hasLook ? (isOver ? '#2e9e5b' : '#e09f1f') : null,
    word: channel === 'teams' || channel === 'email' ? word : null,
    sent: channel === 'desktop' ? null : JSON.stringify({ title, status: tells, rule_name: rule }, null, 2),
  };
}

type Answers = Record<string, (input: Record<string, unknown>) => unknown>;

/** What an engine of the story answers about alerts. */
export function alertAnswers(machines: readonly Machine[]): Answers {
  const isEmpty = machines.length === 0;
  const named = (input: Record<string, unknown>): AlertRule => {
    const rule = input.rule as AlertRule | string;
    return typeof rule === 'string'
      ? (storyRules.find(({ name }) => name === rule) ?? AlertRule.parse(inputs[0]))
      : rule;
  };
  return {
    'alert.active': () => (isEmpty ? [] : storyActive),
    'alert.history': (input) =>
      isEmpty
        ? []
        : storyPast
            .filter(({ firedAt }) => input.before === undefined || (firedAt ?? '') < String(input.before))
            .slice(0, Number(input.limit)),
    'alert.rules': () => storyRules,
    'alert.counts': () => (isEmpty ? [] : storyCounts),
    'alert.mutes': () => (isEmpty ? [] : storyMutes),
    'alert.text': () => storyAlertText,
    'alert.judge-text': () => [],
    'alert.rehearse': (input) => storyAlertRehearsal(named(input), Number(input.days), machines),
    'channel.list': () => storyChannels,
    'channel.secrets': () => ({
      refusal: null,
      secrets: storyChannels.flatMap(({ secrets }) =>
        secrets.map(({ slot, source }) => ({ slot, source, variable: secretSlots[slot], trouble: null })),
      ),
    }),
    'channel.preview': (input) =>
      storyPreview(input.channel as AlertChannel, String(input.rule ?? 'high_cpu'), String(input.tells)),
    'delivery.list': (input) =>
      isEmpty ? [] : storyDeliveries.filter(({ state }) => input.state === undefined || state === input.state),
  };
}
