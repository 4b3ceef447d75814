import type { WatchStatus } from '../contract/lifecycle.ts';
import { plainText } from './plain-text.ts';
import { type Cell, type Colour, coloured, textTable } from './text-table.ts';

/** `vigil lifecycle status`. */
export function printWatches(watches: readonly WatchStatus[], hasColour: boolean): string {
  const rows = watches.map((watch): readonly Cell[] => [
    { text: watch.machine },
    { text: watch.enabled ? 'yes' : 'no' },
    { text: `${watch.checkInterval} s` },
    { text: `${watch.sshFailures}/${watch.sshThreshold}` },
    { text: watch.lastCheck ?? '-' },
    { text: watch.lastStatus, colour: statusColour(watch.lastStatus) },
    { text: watch.target ?? '-' },
  ]);
  return textTable(['VM NAME', 'ENABLED', 'INTERVAL', 'FAILURES', 'LAST CHECK', 'STATUS', 'SSH'], rows, hasColour);
}

/** The part of `vigil status NAME` and `vigil lifecycle status NAME` about watching. */
export function printWatch(watch: WatchStatus, hasColour: boolean): string {
  const lines: readonly (readonly [label: string, value: string, colour?: Colour | undefined])[] = [
    ['Enabled', watch.enabled ? 'yes' : 'no'],
    ['Check Interval', `${watch.checkInterval} s`],
    ['SSH Failures', `${watch.sshFailures}/${watch.sshThreshold}`],
    ['Last Check', watch.lastCheck ?? 'never'],
    ['Last Status', watch.lastStatus, statusColour(watch.lastStatus)],
    ['Reason', watch.reason ?? ''],
    ['Advice', watch.advice ?? ''],
    ['SSH', watch.target ?? 'nothing leads to it'],
  ];
  const known = lines.filter(([, value]) => value !== '');
  const width = Math.max(...known.map(([label]) => label.length));
  const body = known.map(
    ([label, value, colour]) => `  ${`${label}:`.padEnd(width + 2)}${coloured(plainText(value), colour, hasColour)}`,
  );
  return ['Lifecycle Monitoring', ...body].join('\n');
}

function statusColour(status: string): Colour | undefined {
  if (status === 'healthy') return 'green';
  if (status === 'degraded') return 'yellow';
  return status === 'unhealthy' ? 'red' : undefined;
}
