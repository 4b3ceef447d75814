import { writeSync } from 'node:fs';
import type { Log, LogFields, LogLevel } from '../../engine/ports/log.ts';
import { isLogged } from './log-line.ts';
import { maskText, plainFields } from './plain-fields.ts';

const standardError = 2;

/** Lines for a person at a terminal: `12:00:00 warn qemu: what happened (machine=..., error=...)`. Never throws. */
export function createStderrLog(options: { readonly level: LogLevel; readonly write?: (text: string) => void }): Log {
  const write = options.write ?? ((text: string) => writeSync(standardError, text));
  return {
    write: (level, topic, message, fields) => {
      if (!isLogged(level, options.level)) return;
      try {
        const time = new Date().toISOString().slice(11, 19);
        write(printable(`${time} ${level} ${topic}: ${maskText(message)}${detailsOf(fields)}`));
      } catch {
        // The terminal is gone, or full: there is nobody to tell.
      }
    },
  };
}

function detailsOf(fields: LogFields | undefined): string {
  if (fields === undefined) return '';
  const plain = plainFields(fields) as Record<string, unknown>;
  const parts = Object.entries(plain).map(([name, value]) => `${name}=${shortly(value)}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function shortly(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && 'message' in value) {
    const cause = 'cause' in value ? `; because ${shortly(value.cause)}` : '';
    return `${String(value.message)}${cause}`;
  }
  return JSON.stringify(value) ?? String(value);
}

/** One line without control characters: a log must not steer the terminal. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for.
  return `${text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')}\n`;
}
