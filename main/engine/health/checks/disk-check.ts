import { type Check, type Finding, good, symptom, unknowable } from './check.ts';

/** How full the guest's file system is. */
export const diskCheck: Check = {
  method: 'disk',
  subjects: ({ watch, target }) => (target === null && !watch.check_agent ? [] : [null]),
  run: async (_subject, { watched: { id, watch }, ports }) => {
    const used = ports.guestValues(id)?.diskPercent ?? null;
    return judgeDisk(used, watch.disk_warning_percent, watch.disk_critical_percent);
  },
};

/** Pure; null where no reading is fresh. */
export function judgeDisk(used: number | null, warning: number, critical: number): Finding {
  if (used === null) return unknowable('No reading of its disk is fresh enough.');
  const said = `Its disk is ${shown(used)} full`;
  const advice = 'Free some space on it, or give it a larger disk.';
  if (used > critical) return symptom('disk-critical', `${said}; ${critical} % is critical.`, advice);
  if (used > warning) return symptom('disk-warning', `${said}; ${warning} % calls for a look.`, advice);
  return good(`${said}.`);
}

function shown(percent: number): string {
  return `${Math.round(percent * 10) / 10} %`;
}
