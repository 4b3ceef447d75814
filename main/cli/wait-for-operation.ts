import type { Connection } from '../contract/connection.ts';
import { VigilError } from '../contract/failure.ts';
import type { Operation } from '../contract/operation.ts';
import type { CliContext } from './cli-context.ts';
import { plainText } from './plain-text.ts';

/**
 * Waits until an operation has ended, showing its steps to a person who watches. Ctrl-C cancels it where that is
 * possible; a second one leaves it to the engine. Throws `timeout` after `limitSeconds`; the operation then goes on.
 */
export async function waitForOperation(
  connection: Connection,
  begun: Operation,
  context: CliContext,
  limitSeconds: number | undefined,
): Promise<Operation> {
  const undoSteps = showSteps(connection, begun, context);
  const leave = new LeaveSignal();
  let isCancelling = false;
  const undoInterrupt = context.onInterrupt(() => {
    if (isCancelling || !begun.cancellable) {
      leave.now(new VigilError('cancelled', 'No longer waiting; the engine carries on.'));
      return;
    }
    isCancelling = true;
    context.terminal.err('Cancelling; Ctrl-C again to leave it to the engine.');
    // It may have ended this very moment; then the wait tells how.
    connection.call('operation.cancel', { operation: begun.id }).catch(() => undefined);
  });
  const timer =
    limitSeconds === undefined
      ? undefined
      : setTimeout(() => leave.now(stillRunning(begun, limitSeconds)), limitSeconds * 1000);
  try {
    return await Promise.race([connection.call('operation.wait', { operation: begun.id }), leave.promise]);
  } finally {
    clearTimeout(timer);
    undoInterrupt();
    undoSteps();
  }
}

function showSteps(connection: Connection, { id }: Operation, { terminal }: CliContext): () => void {
  if (!terminal.isWatched) return () => undefined;
  let last: string | null = null;
  return connection.subscribe('operation.changed', (operation) => {
    if (operation.id !== id || operation.step === null || operation.step === last) return;
    last = operation.step;
    terminal.err(`${plainText(operation.machine)}: ${plainText(operation.step)}`);
  });
}

function stillRunning({ kind, machine }: Operation, limitSeconds: number): VigilError {
  const sentence = `The ${kind} of '${machine}' did not end within ${limitSeconds} s; the engine carries on.`;
  return new VigilError('timeout', sentence, { hint: 'Look at it again with `vigil history`.' });
}

/** A rejection that waits to be wanted. */
class LeaveSignal {
  readonly promise: Promise<never>;
  #reject: (error: VigilError) => void = () => undefined;

  constructor() {
    this.promise = new Promise((_resolve, reject) => {
      this.#reject = reject;
    });
    // Nobody may be racing it any more.
    this.promise.catch(() => undefined);
  }

  now(error: VigilError): void {
    this.#reject(error);
  }
}
