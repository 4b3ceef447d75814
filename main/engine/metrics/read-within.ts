import { VigilError } from '../../contract/failure.ts';
import { createStopSource, type StopSignal } from '../../contract/stop-signal.ts';
import type { Clock } from '../ports/clock.ts';
import type { Reading } from '../ports/reading.ts';

/** One reading, at most so long and until Vigil ends; throws `timeout`, `cancelled` or what the source throws. */
export async function readWithin(
  read: (signal: StopSignal) => Promise<Reading>,
  clock: Clock,
  timeoutMs: number,
  signal: StopSignal,
): Promise<Reading> {
  const limit = createStopSource();
  let cancel: () => void = () => {};
  const late = new Promise<never>((_resolve, reject) => {
    const giveUp = (error: VigilError): void => {
      limit.stop(error);
      reject(error);
    };
    const stopped = (): void => giveUp(new VigilError('cancelled', 'Vigil is ending.'));
    const undo = clock.after(timeoutMs, () =>
      giveUp(new VigilError('timeout', `No reading within ${Math.round(timeoutMs / 1000)} s.`)),
    );
    signal.addEventListener('abort', stopped);
    cancel = () => {
      undo();
      signal.removeEventListener('abort', stopped);
    };
  });
  try {
    return await Promise.race([read(limit.signal), late]);
  } finally {
    cancel();
  }
}
