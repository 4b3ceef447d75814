import { type Check, type Finding, good, symptom, unknowable } from './check.ts';

/** Whether the file that something on the machine touches was touched lately. */
export const heartbeatCheck: Check = {
  method: 'heartbeat',
  subjects: ({ watch, target }) =>
    watch.heartbeat_file === undefined || target === null ? [] : [watch.heartbeat_file],
  run: async (subject, round) => {
    const report = await round.inside();
    if (typeof report === 'string') return unknowable(report);
    return judgeHeartbeat(subject ?? '', report.heartbeatAgeSeconds, round.watched.watch.heartbeat_max_age_seconds);
  },
};

/** Pure. The age is by the machine's own clock. */
export function judgeHeartbeat(file: string, ageSeconds: number | null, maxAgeSeconds: number): Finding {
  const advice = `See whether what touches ${file} still runs.`;
  if (ageSeconds === null)
    return symptom('heartbeat-missing', `There is no heartbeat: ${file} does not exist.`, advice);
  const finding =
    ageSeconds > maxAgeSeconds
      ? symptom('heartbeat-old', `The last heartbeat is ${ageSeconds} s old; ${maxAgeSeconds} s are allowed.`, advice)
      : good(`The last heartbeat is ${ageSeconds} s old.`);
  return { ...finding, figure: ageSeconds };
}
