import { type Check, type Finding, good, symptom, unknowable } from './check.ts';

/** How much of its memory the guest uses. */
export const memoryCheck: Check = {
  method: 'memory',
  subjects: ({ target }) => (target === null ? [] : [null]),
  run: async (_subject, { watched: { id, watch }, ports }) =>
    judgeMemory(ports.guestValues(id)?.memoryPercent ?? null, watch.memory_warning_percent),
};

/** Pure; null where no reading is fresh. */
export function judgeMemory(used: number | null, warning: number): Finding {
  if (used === null) return unknowable('No reading of its memory is fresh enough.');
  const said = `It uses ${Math.round(used * 10) / 10} % of its memory`;
  return used > warning
    ? symptom('memory-warning', `${said}; ${warning} % calls for a look.`, 'See what uses it, or give it more.')
    : good(`${said}.`);
}
