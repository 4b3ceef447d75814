import { type CheckKind, checkMethodWords, type HealthRound, severityWords } from '../contract/health-check.ts';
import type { HealthStatus } from '../contract/machine.ts';
import { plainText } from './plain-text.ts';
import { type Colour, coloured } from './text-table.ts';

const kindWords: Readonly<Record<CheckKind, string>> = {
  ok: 'ok',
  degraded: 'WARNING',
  failed: 'CRITICAL',
  unknown: 'unknown',
};
const kindColours: Partial<Record<CheckKind, Colour>> = { ok: 'green', degraded: 'yellow', failed: 'red' };
const statusColours: Partial<Record<HealthStatus, Colour>> = { healthy: 'green', degraded: 'yellow', unhealthy: 'red' };

/** `vigil check`: a heading for each machine, a line for each check, and what to do about those that are not well. */
export function printRounds(rounds: readonly HealthRound[], hasColour: boolean): string {
  return rounds.map((round) => printRound(round, hasColour)).join('\n\n');
}

function printRound({ machine, status, reason, checks }: HealthRound, hasColour: boolean): string {
  const word = coloured(severityWords[status], statusColours[status], hasColour);
  const why = reason === null ? '' : ` ${plainText(reason)}`;
  const names = checks.map(({ method, subject }) =>
    plainText(subject === null ? checkMethodWords[method] : `${checkMethodWords[method]} ${subject}`),
  );
  const width = Math.max(0, ...names.map((name) => name.length));
  const lines = checks.flatMap(({ kind, reason: found, advice }, index) => [
    `  ${coloured(kindWords[kind].padEnd(8), kindColours[kind], hasColour)}  ${(names[index] ?? '').padEnd(width)}  ${plainText(found)}`,
    ...(kind === 'ok' || advice === null ? [] : [`${' '.repeat(width + 14)}${plainText(advice)}`]),
  ]);
  return [`${machine}: ${word}${why}`, ...lines].join('\n');
}
