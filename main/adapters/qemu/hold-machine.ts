import { VigilError } from '../../contract/failure.ts';
import type { ProvidedMachine, WorkContext } from '../../engine/ports/machine-provider.ts';
import { isObject } from './json-line-socket.ts';
import { isHeldForGood } from './live-machine.ts';
import type { QemuContext } from './qemu-context.ts';

const answerMs = 5000;

/** Stops the virtual CPUs of a machine, or lets them go on, and comes back when its monitor says that it is so. */
export async function holdMachine(
  qemu: QemuContext,
  machine: ProvidedMachine,
  wanted: 'paused' | 'running',
  { signal }: WorkContext,
): Promise<void> {
  const found = await qemu.find(machine, qemu.listOwn);
  if (found.kind !== 'live' || found.live.client === null) {
    throw new VigilError('unreachable', `The monitor of ${machine.name} does not answer.`);
  }
  const { client, state } = found.live;
  if (isHeldForGood(state)) {
    throw new VigilError('conflict', `The guest of ${machine.name} is lost; it cannot go on.`, {
      hint: 'Restart it, or stop it.',
    });
  }
  await client.execute(wanted === 'paused' ? 'stop' : 'cont', undefined, { timeoutMs: answerMs, signal });
  const status = await client.execute('query-status', undefined, { timeoutMs: answerMs });
  const isRunning = isObject(status) && status.running === true;
  if (isRunning === (wanted === 'running')) return;
  const word = isObject(status) && typeof status.status === 'string' ? status.status : 'nothing';
  throw new VigilError('conflict', `${machine.name} is not ${wanted}: its monitor says ${word}.`);
}
