import { type GuestFileSystem, guestFileSystems } from './guest-advice.ts';
import { obstacleOf } from './guest-agent.ts';
import type { LiveMachine } from './live-machine.ts';
import type { QemuContext } from './qemu-context.ts';

const askMs = 3000;

/** What the agent in a guest says is on its disks; empty when there is none or it says nothing in time. Never rejects. */
export async function askGuestDisks(
  { agents }: Pick<QemuContext, 'agents'>,
  live: LiveMachine,
): Promise<readonly GuestFileSystem[]> {
  try {
    if ((await obstacleOf(live)) !== null) return [];
    const limits = { timeoutMs: askMs, totalMs: askMs, givesWay: true };
    return guestFileSystems(
      await agents.use(live.record.paths.agent, limits, (agent) => agent.execute('guest-get-fsinfo')),
    );
  } catch {
    // Only advice hangs on it.
    return [];
  }
}
