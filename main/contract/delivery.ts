import type { AlertChannel, AlertSeverity } from './alert-rule.ts';

/** A message about an alert on its way to one channel. Written down with the alert itself; nothing of it is dropped. */

export const deliveryStates = ['waiting', 'sending', 'delivered', 'parked'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** What it tells of the alert. */
export const deliveryKinds = ['firing', 'resolved', 'flapping', 'reminder', 'escalation'] as const;
export type DeliveryKind = (typeof deliveryKinds)[number];

export interface Delivery {
  readonly id: string;
  readonly channel: AlertChannel;
  /** The same for every message about one alert, on every channel. */
  readonly key: string;
  /** Id of the alert. */
  readonly episode: string;
  readonly kind: DeliveryKind;
  readonly rule: string;
  /** Null: about this computer. */
  readonly machine: string | null;
  readonly severity: AlertSeverity;
  readonly title: string;
  /** `parked`: nothing more is tried until a person has it sent again. */
  readonly state: DeliveryState;
  /** How often it was tried; not counted while this computer's own network was down. */
  readonly attempts: number;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly deliveredAt: string | null;
  /** Of one that waits; null while its channel sends, and where nothing more is tried. */
  readonly nextTryAt: string | null;
  /** Of a delivered one what the receiver said; of another why it is not delivered. */
  readonly reason: string | null;
}
