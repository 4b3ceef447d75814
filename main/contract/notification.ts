/** A word to the person at the desktop. What to say is the engine's business, how to show it the desktop's. */
export interface DesktopNotification {
  /** One notification per key: a newer one replaces it. */
  readonly key: string;
  readonly title: string;
  readonly body: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly machineId: string;
  readonly machine: string;
  /** The moment it speaks of, ISO 8601 UTC; a click opens the machine there. */
  readonly at: string;
  /** What can be done about it at once; null: it can be read. */
  readonly subject: NotificationSubject | null;
  /** Only that something is over: nothing is left to be seen to. */
  readonly isOver: boolean;
}

/** `machine`: how the machine is. `alert`: one alert, of one rule and one machine. */
export type NotificationSubject =
  | { readonly kind: 'machine' }
  | { readonly kind: 'alert'; readonly episode: string; readonly rule: string };
