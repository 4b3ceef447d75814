import type { Connection } from '../contract/connection.ts';
import type { EngineHost } from '../contract/engine-status.ts';
import { failureOf } from '../contract/failure.ts';
import type { Machine } from '../contract/machine.ts';
import type { Operation } from '../contract/operation.ts';
import {
  type QuitQuestion,
  quitChoice,
  quitQuestion,
  runningHere,
  type StopFailure,
  stopFailureWords,
} from './quit-question.ts';

export interface QuitParts {
  readonly connection: Connection;
  /** The fleet as it is known now. */
  readonly fleet: { readonly machines: readonly Machine[]; readonly operations: readonly Operation[] };
  /** Answers with the index of the button. */
  ask(question: QuitQuestion): Promise<number>;
  /** Some machine could not be stopped, so the app stays. */
  tell(words: { readonly message: string; readonly detail: string }): void;
  quit(): void;
}

/**
 * What a person's wish to quit does: asks when machines run, stops them when told to, and then quits. One question at a
 * time; while machines are being stopped a second wish asks again, so that nobody has to wait for a slow guest.
 */
export function createAskBeforeQuit({ connection, fleet, ask, tell, quit }: QuitParts): () => Promise<void> {
  let host: EngineHost | null = null;
  let asking = false;
  let stopping = false;
  connection.subscribe('engine.connected', (engine) => {
    host = engine.host;
  });
  connection.subscribe('engine.disconnected', () => {
    host = null;
  });

  async function stopAllAndQuit(): Promise<void> {
    if (stopping) return;
    stopping = true;
    try {
      const running = runningHere(fleet.machines);
      const answers = await Promise.all(running.map((machine) => stop(connection, machine, fleet.operations)));
      const failures = answers.filter((answer) => answer !== null);
      if (failures.length === 0) quit();
      else tell(stopFailureWords(failures));
    } finally {
      stopping = false;
    }
  }

  return async () => {
    if (asking) return;
    const question = quitQuestion(runningHere(fleet.machines), host);
    if (question === null) {
      quit();
      return;
    }
    asking = true;
    const choice = quitChoice(await ask(question).finally(() => (asking = false)));
    if (choice === 'quit') quit();
    else if (choice === 'stop-all') await stopAllAndQuit();
  };
}

/** Null when the machine has stopped. */
async function stop(
  connection: Connection,
  machine: Machine,
  underWay: readonly Operation[],
): Promise<StopFailure | null> {
  try {
    const known = underWay.find(({ machineId, kind }) => machineId === machine.id && kind === 'stop');
    const operation = known ?? (await connection.call('machine.stop', { machine: machine.id }));
    const { state, error } = await connection.call('operation.wait', { operation: operation.id });
    if (state === 'done') return null;
    return {
      machine: machine.name,
      reason: error?.message ?? (state === 'cancelled' ? 'Stopping it was cancelled.' : state),
    };
  } catch (error) {
    return { machine: machine.name, reason: failureOf(error).message };
  }
}
