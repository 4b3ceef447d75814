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
}
