import type { Machine } from '../../../main/contract/machine.ts';
import { isPaidWhileOff, isUp, severityOf } from '../../../main/contract/machine-condition.ts';
import type { MarkKind } from '../../components/mark.tsx';

export interface Total {
  readonly key: string;
  readonly mark: MarkKind;
  readonly count: number;
  readonly word: string;
  /** What to type into the filter to see them. */
  readonly filter: string;
}

/** How many there are of each. What is wrong is left out when there is none of it: well is quiet. */
export function fleetTotals(machines: readonly Machine[]): readonly Total[] {
  let critical = 0;
  let warning = 0;
  let unknown = 0;
  let billed = 0;
  let up = 0;
  for (const machine of machines) {
    const severity = severityOf(machine, undefined);
    if (isPaidWhileOff(machine)) billed += 1;
    if (severity === 'critical') critical += 1;
    else if (severity === 'warning' && !isPaidWhileOff(machine)) warning += 1;
    else if (severity === 'unknown') unknown += 1;
    if (isUp(machine)) up += 1;
  }
  const wrong: readonly Total[] = [
    { key: 'critical', mark: 'crit', count: critical, word: 'unhealthy', filter: 'is:unhealthy' },
    { key: 'warning', mark: 'warn', count: warning, word: 'degraded', filter: 'is:degraded' },
    { key: 'billed', mark: 'coin', count: billed, word: 'stopped, still billed', filter: 'is:billed' },
    { key: 'unknown', mark: 'unk', count: unknown, word: 'unknown', filter: 'is:unknown' },
  ];
  return [
    ...wrong.filter(({ count }) => count > 0),
    { key: 'up', mark: 'ok', count: up, word: 'running', filter: 'is:up' },
    { key: 'down', mark: 'off', count: machines.length - up, word: 'not running', filter: 'is:down' },
  ];
}
