import { VigilError } from '../../contract/failure.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { GuestCommandEnd } from '../../engine/ports/machine-guest.ts';
import type { AgentSession } from './guest-agent-client.ts';
import { isObject } from './json-line-socket.ts';

const pollMs = 200;
const largestOutputCharacters = 64 * 1024;

/** Starts a command through the agent and asks until it has ended: the agent tells no end by itself. */
export async function runInGuest(
  agent: AgentSession,
  clock: Clock,
  program: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<GuestCommandEnd> {
  const begun = await agent.execute('guest-exec', { path: program, arg: args, 'capture-output': true });
  const pid = isObject(begun) ? begun.pid : undefined;
  if (typeof pid !== 'number') throw new VigilError('refused', 'The guest agent did not run the command.');
  const deadline = clock.monotonicNow() + timeoutMs;
  for (;;) {
    const status = await agent.execute('guest-exec-status', { pid });
    if (!isObject(status)) throw new VigilError('refused', 'The guest agent does not tell how the command goes.');
    if (status.exited === true) {
      return {
        exitCode: typeof status.exitcode === 'number' ? status.exitcode : null,
        output: `${textOf(status['out-data'])}${textOf(status['err-data'])}`,
      };
    }
    if (clock.monotonicNow() >= deadline)
      throw new VigilError('timeout', 'The command in the guest did not end in time.');
    await new Promise<void>((resolve) => clock.after(pollMs, resolve));
  }
}

function textOf(data: unknown): string {
  if (typeof data !== 'string') return '';
  return Buffer.from(data.slice(0, largestOutputCharacters * 2), 'base64')
    .toString('utf8')
    .slice(0, largestOutputCharacters);
}
