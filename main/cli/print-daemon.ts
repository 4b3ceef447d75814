import type { Daemon } from '../contract/engine-status.ts';
import { plainText } from './plain-text.ts';
import { printDuration } from './print-duration.ts';

/** `vigil lifecycle daemon status`. */
export function printDaemon({ running, pid, uptimeSeconds, monitored, version, home, host }: Daemon): string {
  const where = host === 'app' ? 'in the Vigil app' : 'headless';
  const lines = running
    ? [
        `Engine ${version} runs ${where}, pid ${pid}, for ${printDuration(uptimeSeconds ?? 0)}.`,
        `Monitored: ${monitored.length === 0 ? 'no machine' : monitored.join(', ')}`,
      ]
    : ['No engine runs.'];
  return [...lines, `Home: ${home}`].map(plainText).join('\n');
}
