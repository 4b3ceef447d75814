import type { AlertChannel, AlertSeverity } from '../../contract/alert-rule.ts';
import type { DeliveryKind, DeliveryState } from '../../contract/delivery.ts';

/** A row of the outbox, as `state.db` keeps it. Moments are wall-clock milliseconds. */
export interface DeliveryRecord {
  readonly id: string;
  readonly channel: AlertChannel;
  /** The same for every message about one alert, on every channel. */
  readonly key: string;
  readonly episode: string;
  readonly kind: DeliveryKind;
  readonly rule: string;
  readonly machine: string | null;
  /** The one that a click opens: of a common cause one that it explains. */
  readonly machineId: string | null;
  readonly metric: string | null;
  readonly value: number | null;
  readonly threshold: number | null;
  /** Of the alert. */
  readonly severity: AlertSeverity;
  readonly title: string;
  readonly body: string;
  readonly firedAt: number;
  readonly resolvedAt: number | null;
  /** When it was written, together with what it tells of. */
  readonly at: number;
  /** `sending`: a try is under way, or was when the engine ended. */
  readonly state: DeliveryState;
  readonly attempts: number;
  /** A try ended without an answer: the next one says that it may be a repeat. */
  readonly mayHaveArrived: boolean;
  readonly deliveredAt: number | null;
  /** What the receiver said, or why it is not delivered. */
  readonly reason: string | null;
}

/** Somebody was told of an alert and not yet that it is over. */
export interface OpenConversation {
  readonly episode: string;
  readonly channel: AlertChannel;
}

export interface DeliveryQuery {
  readonly state?: DeliveryState | undefined;
  readonly limit: number;
}
