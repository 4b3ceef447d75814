import { type AlertSeverity, alertSeverities, type NotificationConfig } from '../../contract/alert-rule.ts';

/** The desktop always hears of alerts, unless a person switched it off or wants to hear of worse ones only. */
export function desktopHears({ desktop }: NotificationConfig, severity: AlertSeverity): boolean {
  if (desktop === undefined) return true;
  return desktop.enabled && alertSeverities.indexOf(severity) >= alertSeverities.indexOf(desktop.min_severity);
}
