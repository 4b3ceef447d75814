import { crashLoop } from '../check-verdicts.ts';
import type { UnitReport } from '../inside-report.ts';
import { type Check, type Finding, good, symptom, unknowable } from './check.ts';

/** Whether a systemd unit is active and running, stays so, and logs no errors. */
export const unitCheck: Check = {
  method: 'unit',
  subjects: ({ watch, target }) => (target === null ? [] : watch.services),
  run: async (subject, round) => {
    const unit = subject ?? '';
    const report = await round.inside();
    if (typeof report === 'string') return unknowable(report);
    if (!report.hasUnits) return unknowable('There is no systemctl on it.');
    const found = report.units.get(unit);
    if (found === undefined || found.load === '') return unknowable('Its systemd did not answer.');
    return judgeUnit(unit, found, round.restartsOf(unit, report));
  },
};

/** Pure; what is worse goes first. */
export function judgeUnit(unit: string, report: UnitReport, restarts: number): Finding {
  const { load, active, sub, errors } = report;
  if (load === 'not-found') {
    return {
      kind: 'degraded',
      reason: `There is no ${unit} on it.`,
      advice: 'Check the name of the unit, or install it.',
      cause: null,
    };
  }
  const advice = `See \`systemctl status ${unit}\` on it.`;
  const looping = restarts === 0 ? '' : ` It was restarted ${restarts} times within 5 minutes.`;
  if (active !== 'active') return symptom('unit-inactive', `${unit} is ${stateOf(report)}.${looping}`, advice);
  if (!isRunning(unit, report)) return symptom('unit-not-running', `${unit} is active, but ${sub}.${looping}`, advice);
  if (restarts > crashLoop.restarts) {
    return symptom('crash-loop', `${unit} is in a crash loop: restarted ${restarts} times within 5 minutes.`, advice);
  }
  const [newest] = errors.slice(-1);
  if (newest !== undefined) {
    const more = errors.length === 1 ? '' : ` (the last of ${errors.length})`;
    return symptom('recent-errors', `${unit} has logged an error lately${more}: ${newest}`, advice);
  }
  return good(`${unit} is active (${sub}).`);
}

function stateOf({ load, active, sub }: UnitReport): string {
  if (load !== 'loaded' && load !== '') return load;
  return sub === active || sub === 'dead' ? active : `${active} (${sub})`;
}

/** A service that has only something to do once has no process and is well; every other kind of unit runs in its own way. */
function isRunning(unit: string, { sub, type }: UnitReport): boolean {
  return !unit.endsWith('.service') || sub === 'running' || (sub === 'exited' && type === 'oneshot');
}
