import { type AlertChannel, type AlertSeverity, alertSeverities } from '../../contract/alert-rule.ts';
import type { DeliveryKind } from '../../contract/delivery.ts';
import type { ChannelSetup } from './set-up-channels.ts';

/** Who is told: pure. Nothing is written for a channel that is off or not set up. */
export function routeTelling(
  telling: {
    readonly kind: DeliveryKind;
    /** Of the alert. */
    readonly severity: AlertSeverity;
    /** What its rule names; null for an alert without a rule, which is for everybody. */
    readonly named: readonly AlertChannel[] | null;
  },
  channels: readonly ChannelSetup[],
  /** Channels that were told of this alert and not yet that it is over. */
  open: ReadonlySet<AlertChannel>,
): readonly AlertChannel[] {
  const { kind, severity, named } = telling;
  const ready = channels.filter(({ state }) => state === 'ready');
  // Whoever heard that it fires hears that it is over; nobody else does.
  if (kind === 'resolved') return ready.flatMap(({ name }) => (open.has(name) ? [name] : []));
  return ready.flatMap(({ name, minSeverity }) => {
    const isMeant = name === 'desktop' || named === null || named.includes(name);
    const isBadEnough = alertSeverities.indexOf(severity) >= alertSeverities.indexOf(minSeverity);
    return isMeant && isBadEnough ? [name] : [];
  });
}
