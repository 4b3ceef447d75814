import type { EngineHost } from '../contract/engine-status.ts';
import type { Machine } from '../contract/machine.ts';
import { inOneLine } from './one-line.ts';

/** What is asked before the app ends while machines run. */
export interface QuitQuestion {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
  /** Return. */
  readonly defaultId: number;
  /** Escape, and closing the dialog. */
  readonly cancelId: number;
}

export type QuitChoice = 'quit' | 'stop-all' | 'cancel';
const choices: readonly QuitChoice[] = ['quit', 'stop-all', 'cancel'];

/** Machines on this computer that have a process now. Those elsewhere are no concern of quitting. */
export function runningHere(machines: readonly Machine[]): readonly Machine[] {
  return machines.filter(({ provider, startedAt }) => provider === 'qemu' && startedAt !== null);
}

/** Null when there is nothing to ask: no machine runs. */
export function quitQuestion(running: readonly Machine[], host: EngineHost | null): QuitQuestion | null {
  if (running.length === 0) return null;
  const count = running.length === 1 ? '1 machine keeps running.' : `${running.length} machines keep running.`;
  const engine =
    host === 'headless'
      ? 'The engine runs on without this app and keeps watching.'
      : 'Nobody watches them until Vigil starts again; it takes them up as they are.';
  return {
    message: `Quit Vigil? ${count}`,
    detail: `${namesOf(running)}\n\n${engine}`,
    buttons: ['Quit', 'Stop all and quit', 'Cancel'],
    defaultId: 0,
    cancelId: 2,
  };
}

/** An answer that is no button is no consent. */
export function quitChoice(button: number): QuitChoice {
  return choices[button] ?? 'cancel';
}

export interface StopFailure {
  readonly machine: string;
  readonly reason: string;
}

/** What is said when the app stays because a machine does. */
export function stopFailureWords(failures: readonly StopFailure[]): {
  readonly message: string;
  readonly detail: string;
} {
  const [first] = failures;
  return {
    message:
      failures.length === 1 && first !== undefined
        ? `'${inOneLine(first.machine, 64)}' could not be stopped. Vigil goes on.`
        : `${failures.length} machines could not be stopped. Vigil goes on.`,
    detail: failures
      .slice(0, namesShown)
      .map(({ machine, reason }) => `${inOneLine(machine, 64)}: ${inOneLine(reason, 200)}`)
      .concat(failures.length > namesShown ? [`… and ${failures.length - namesShown} more`] : [])
      .join('\n'),
  };
}

const namesShown = 10;

function namesOf(machines: readonly Machine[]): string {
  const names = machines.slice(0, namesShown).map(({ name }) => inOneLine(name, 64));
  const more = machines.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}
