import { type LogFields, type LogLevel, logLevels } from '../../engine/ports/log.ts';
import { maskText, plainFields } from './plain-fields.ts';

export function isLogged(level: LogLevel, lowest: LogLevel): boolean {
  return logLevels.indexOf(level) >= logLevels.indexOf(lowest);
}

/** One line of JSON, with its line end. Never throws: what cannot be written down is said to be so. */
export function logLine(wallMs: number, level: LogLevel, topic: string, message: string, fields?: LogFields): string {
  const head = { at: new Date(wallMs).toISOString(), level, topic, message: maskText(message) };
  try {
    const rest = fields === undefined ? {} : plainFields(fields);
    return `${JSON.stringify({ ...head, ...(rest as Record<string, unknown>), ...head })}\n`;
  } catch {
    return `${JSON.stringify({ ...head, fields: '[unreadable]' })}\n`;
  }
}
