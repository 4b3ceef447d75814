import { type CheckKind, checkMethodWords } from '../contract/health-check.ts';
import { hookEvents } from '../contract/hook.ts';
import type { WatchStatus } from '../contract/lifecycle.ts';
import { plainText } from './plain-text.ts';
import { printDuration } from './print-duration.ts';
import { type Cell, type Colour, coloured, textTable } from './text-table.ts';

type Line = readonly [label: string, value: string, colour?: Colour | undefined];

/** `vigil lifecycle status`. */
export function printWatches(watches: readonly WatchStatus[], hasColour: boolean): string {
  const rows = watches.map((watch): readonly Cell[] => [
    { text: watch.machine },
    { text: watch.enabled ? 'yes' : 'no' },
    { text: policyOf(watch) },
    { text: `${watch.checkInterval} s` },
    { text: `${watch.sshFailures}/${watch.sshThreshold}` },
    { text: watch.lastCheck ?? '-' },
    { text: watch.lastStatus, colour: statusColour(watch.lastStatus) },
    { text: watch.target ?? '-' },
  ]);
  return textTable(
    ['VM NAME', 'ENABLED', 'POLICY', 'INTERVAL', 'FAILURES', 'LAST CHECK', 'STATUS', 'SSH'],
    rows,
    hasColour,
  );
}

/** The part of `vigil status NAME` and `vigil lifecycle status NAME` about watching. `now`: wall-clock milliseconds. */
export function printWatch(watch: WatchStatus, hasColour: boolean, now = Date.now()): string {
  const lines: readonly Line[] = [
    ['Enabled', watch.enabled ? 'yes' : 'no'],
    ['Policy', policyOf(watch)],
    ['Check Interval', `${watch.checkInterval} s`],
    ['SSH Failures', `${watch.sshFailures}/${watch.sshThreshold}`],
    ['Last Check', watch.lastCheck === null ? 'never' : agoOf(watch.lastCheck, now)],
    ['Last Status', watch.lastStatus, statusColour(watch.lastStatus)],
    ['Reason', watch.reason ?? ''],
    ['Advice', watch.advice ?? ''],
    ['SSH', watch.target ?? 'nothing leads to it'],
    ...watch.checks.map(({ method, subject, kind, reason }): Line => {
      const name = subject === null ? checkMethodWords[method] : `${checkMethodWords[method]} ${subject}`;
      return [`Check ${plainText(name)}`, `${kind}: ${reason}`, kindColours[kind]];
    }),
    ...hookEvents.flatMap((event): Line[] => {
      const path = watch.config?.hooks[event] ?? '';
      return path === '' ? [] : [[`Hook ${event}`, path]];
    }),
  ];
  const known = lines.filter(([, value]) => value !== '');
  const width = Math.max(...known.map(([label]) => label.length));
  const body = known.map(
    ([label, value, colour]) => `  ${`${label}:`.padEnd(width + 2)}${coloured(plainText(value), colour, hasColour)}`,
  );
  return ['Lifecycle Monitoring', ...body].join('\n');
}

const kindColours: Partial<Record<CheckKind, Colour>> = { degraded: 'yellow', failed: 'red' };

function policyOf({ policy, dryRun }: WatchStatus): string {
  return dryRun ? `${policy} (dry run)` : policy;
}

function agoOf(at: string, now: number): string {
  return `${printDuration(Math.max(0, (now - Date.parse(at)) / 1000))} ago`;
}

function statusColour(status: string): Colour | undefined {
  if (status === 'healthy') return 'green';
  if (status === 'degraded') return 'yellow';
  return status === 'unhealthy' ? 'red' : undefined;
}
