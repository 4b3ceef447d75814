import type { AlertChannel, AlertSeverity } from './alert-rule.ts';

/** A way on which a person is told of alerts. */

/** `not set up`: what it needs is missing or still the example; nothing is tried. */
export const channelStates = ['off', 'not set up', 'ready'] as const;
export type ChannelState = (typeof channelStates)[number];

export interface Channel {
  readonly name: AlertChannel;
  readonly state: ChannelState;
  /** What is missing, or what to do to switch it on; null when it is ready. */
  readonly hint: string | null;
  /** Where it leads: a host, an address of mail. Never a whole address of a hook, which is a secret. */
  readonly leadsTo: string | null;
  readonly minSeverity: AlertSeverity;
  /** Messages that wait, and those that a person has to look at. */
  readonly waiting: number;
  readonly parked: number;
  /** Why the last try failed; null when it did not. */
  readonly trouble: string | null;
  /** What it takes that no file of Vigil's holds. */
  readonly secrets: readonly ChannelSecret[];
}

/** Whether there is one; nobody is ever told what it is. */
export interface ChannelSecret {
  readonly slot: SecretSlot;
  /** Null when it is not set. */
  readonly source: SecretSource | null;
}

/** How a message of a test went. */
export interface ChannelTest {
  readonly channel: AlertChannel;
  readonly delivered: boolean;
  /** One sentence. */
  readonly summary: string;
}

/**
 * What a channel needs and no file of Vigil's may hold, with the variable of the environment that gives it.
 * `ALERT_WEBHOOK_URL` belongs to the channel that its host stands for.
 */
export const secretSlots = {
  'slack address': 'VIGIL_SLACK_WEBHOOK_URL',
  'discord address': 'VIGIL_DISCORD_WEBHOOK_URL',
  'teams address': 'VIGIL_TEAMS_WEBHOOK_URL',
  'webhook address': 'VIGIL_WEBHOOK_URL',
  'webhook signing key': 'VIGIL_WEBHOOK_SECRET',
  'mail password': 'SMTP_PASSWORD',
  'application insights connection': 'APPLICATIONINSIGHTS_CONNECTION_STRING',
} as const;
export type SecretSlot = keyof typeof secretSlots;

/** `store`: the key store of the desktop, by the app. */
export type SecretSource = 'environment' | 'store';
