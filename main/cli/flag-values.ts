import { VigilError } from '../contract/failure.ts';
import type { PortForward } from '../contract/machine.ts';

/** Parsers of flag values. They check the form only; the engine knows the ranges. */

export function wholeNumber(field: string): (text: string) => number {
  return (text) => {
    if (!/^-?\d{1,15}$/.test(text)) throw badValue(field, `'${shortened(text)}' is no whole number.`);
    return Number(text);
  };
}

/** Seconds, in decimals if need be: above 0 and, unless more is allowed, at most a day. */
export function seconds(field: string, most = 86_400): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
    if (!(value > 0 && value <= most))
      throw badValue(field, `'${shortened(text)}' is no number of seconds up to ${most}.`);
    return value;
  };
}

const durationUnits: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds, or like `30m`, `2h`, `1d`; up to 30 days. */
export function durationSeconds(field: string): (text: string) => number {
  return (text) => {
    const [, digits = '', unit = ''] = /^(\d{1,7})([smhd]?)$/.exec(text) ?? [];
    const value = Number(digits) * (durationUnits[unit] ?? 0);
    if (!(value > 0 && value <= 2_592_000))
      throw badValue(
        field,
        `'${shortened(text)}' is no duration up to 30 days.`,
        'Write seconds, or like 30m, 2h, 1d.',
      );
    return value;
  };
}

export function decimal(field: string): (text: string) => number {
  return (text) => {
    if (!/^-?\d{1,15}(\.\d{1,9})?$/.test(text)) throw badValue(field, `'${shortened(text)}' is no number.`);
    return Number(text);
  };
}

/** `HOST:GUEST`, collected over repeated flags. */
export function forward(text: string, earlier: readonly PortForward[] | undefined): readonly PortForward[] {
  const match = /^(\d{1,9}):(\d{1,9})$/.exec(text);
  if (match === null) {
    throw badValue('forwards', `'${shortened(text)}' is no port forward.`, 'Write HOST:GUEST, for example 2222:22.');
  }
  return [...(earlier ?? []), { host: Number(match[1]), guest: Number(match[2]) }];
}

/** `HOST:GUEST`; `auto` and 0 leave the port of this computer to the engine. */
export function forwardWish(text: string): { readonly host: number; readonly guest: number } {
  const match = /^(auto|\d{1,9}):(\d{1,9})$/.exec(text);
  if (match === null) {
    throw badValue(
      'host',
      `'${shortened(text)}' is no port forward.`,
      'Write HOST:GUEST, for example 2222:22 or auto:22.',
    );
  }
  return { host: match[1] === 'auto' ? 0 : Number(match[1]), guest: Number(match[2]) };
}

/** Collected over repeated flags, as it stands. */
export function collected(text: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), text];
}

function badValue(field: string, message: string, hint?: string): VigilError {
  return new VigilError('bad-input', message, { field, hint });
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
