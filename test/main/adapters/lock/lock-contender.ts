import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { acquireEngineLock } from '../../../../main/adapters/lock/engine-lock.ts';

/**
 * One of many that want the same home. Each line on standard input is `HOME MOMENT`: try at that moment (ms since 1970)
 * and print `held` or the pid that has it. A lock that was won is kept.
 */
const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

function identify(pid: number): { startTime: number; bootId: string } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return { startTime: Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[19]), bootId };
  } catch {
    return null;
  }
}

const { startTime } = identify(process.pid) ?? { startTime: 0 };

createInterface({ input: process.stdin }).on('line', (line) => {
  const [home = '', moment = ''] = line.split(' ');
  setTimeout(
    () => {
      acquireEngineLock({
        home,
        self: { pid: process.pid, startTime, bootId, socket: '/none', host: 'headless', version: '0' },
        identify,
      }).then(
        (result) => console.log(result.held ? 'held' : String(result.owner.pid)),
        (error) => console.log(`failed: ${error}`),
      );
    },
    Math.max(0, Number(moment) - Date.now()),
  );
});
console.log('ready');
