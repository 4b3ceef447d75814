import type { AlertChannel, AlertSeverity } from '../../contract/alert-rule.ts';
import type { ChannelPreview } from '../../contract/channel-preview.ts';
import type { DeliveryKind } from '../../contract/delivery.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';

/** The far ends of the channels that leave this computer. */
export interface Channels {
  /** One try. Never rejects, and ends within 30 s. Nothing of a secret is in what it says. */
  send(target: ChannelTarget, message: ChannelMessage, signal: StopSignal): Promise<SendOutcome>;
  /** The same message as its receiver shows it. Sends nothing. */
  preview(channel: RemoteChannel, message: ChannelMessage): MessagePreview;
  /** How many characters of names one message has room for. */
  readonly roomFor: Readonly<Record<RemoteChannel, number>>;
}

export type RemoteChannel = Exclude<AlertChannel, 'desktop'>;
export type MessagePreview = Omit<ChannelPreview, 'channel'>;

/** Where a message goes. Secrets are not in it, except an address of a hook that a person wrote into the file. */
export type ChannelTarget =
  | {
      readonly channel: 'slack' | 'discord' | 'teams' | 'webhook';
      /** Null: the secret of that name. */
      readonly url: string | null;
      readonly allowPrivate: boolean;
    }
  | {
      readonly channel: 'email';
      readonly host: string;
      readonly port: number;
      readonly from: string;
      readonly to: readonly string[];
      /** Null: the server asks for none. */
      readonly user: string | null;
      readonly allowPrivate: boolean;
    }
  | { readonly channel: 'appinsights'; readonly allowPrivate: boolean };

export interface ChannelMessage {
  readonly title: string;
  /** Lines of plain text. */
  readonly body: string;
  readonly severity: AlertSeverity;
  /** Everything that it is about is over. */
  readonly isOver: boolean;
  /** ISO 8601 UTC. */
  readonly at: string;
  /** It may have arrived once before: the answer of the receiver was lost. */
  readonly isRepeat: boolean;
  /** A try of the channel that a person asked for. */
  readonly isTest: boolean;
  /** What it is about: one alert, or several in a summary. */
  readonly alerts: readonly MessageAlert[];
}

export interface MessageAlert {
  /** The same for every message about this alert, on every channel: at most 255 characters. */
  readonly key: string;
  readonly episode: string;
  readonly rule: string;
  /** Null: about this computer. */
  readonly machine: string | null;
  readonly metric: string | null;
  readonly value: number | null;
  readonly threshold: number | null;
  readonly severity: AlertSeverity;
  /** What the message tells of it, oldest first: the last one is how it stands. */
  readonly tells: readonly DeliveryKind[];
  readonly sentence: string;
  /** ISO 8601 UTC. */
  readonly firedAt: string;
  readonly resolvedAt: string | null;
}

export type SendOutcome =
  /** What the receiver said, in at most 200 characters. */
  | { readonly kind: 'delivered'; readonly receipt: string }
  /** Another try may do. */
  | {
      readonly kind: 'failed';
      /** One sentence. */
      readonly reason: string;
      /** What the receiver asked for. */
      readonly retryAfterMs: number | null;
      /** It may have arrived all the same. */
      readonly mayHaveArrived: boolean;
      /** Nobody was reached: that may be the fault of our own network. */
      readonly isUnreached: boolean;
    }
  /** No further try can do: a person has to look. */
  | { readonly kind: 'refused'; readonly reason: string };
