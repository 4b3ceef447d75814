import type { MachineEnd, MachineEndKind } from '../../engine/ports/machine-provider.ts';
import type { ProcessExit } from '../../engine/ports/processes.ts';
import type { QmpEvent } from './qmp-client.ts';

/** The last words of a run, oldest first. */
export interface EventHistory {
  add(event: QmpEvent): void;
  all(): readonly QmpEvent[];
}

const maxEvents = 50;

export function createEventHistory(): EventHistory {
  const events: QmpEvent[] = [];
  return {
    add: (event) => {
      events.push(event);
      if (events.length > maxEvents) events.shift();
    },
    all: () => events,
  };
}

/** The events as `MachineEnd` carries them. */
export function eventsAsJson(events: readonly QmpEvent[]): string {
  return JSON.stringify(events.map(({ name, data, atMs }) => ({ event: name, data, atMs })));
}

/**
 * Why a process is gone, from its monitor's last words, and from how it exited where we are its parent (null otherwise).
 * QEMU says SHUTDOWN before every end of its own; without that word somebody ended it from outside or it crashed.
 */
export function classifyEnd(
  events: readonly QmpEvent[],
  exit: ProcessExit | null,
): Pick<MachineEnd, 'kind' | 'summary'> {
  const shutdown = events.findLast((event) => event.name === 'SHUTDOWN');
  if (shutdown !== undefined) return byReason(shutdown.data.reason);
  if (exit === null) return { kind: 'killed', summary: 'the process ended without a word' };
  if (exit.signal !== null) return { kind: 'killed', summary: `killed by ${signalWord(exit.signal)}` };
  if (exit.exitCode === 0) return { kind: 'quit', summary: 'QEMU ended without a word' };
  return { kind: 'internal-error', summary: `QEMU ended with exit code ${exit.exitCode}` };
}

function byReason(reason: unknown): { kind: MachineEndKind; summary: string } {
  switch (reason) {
    case 'guest-shutdown':
      return { kind: 'guest-shutdown', summary: 'the guest shut down' };
    case 'guest-reset':
      return { kind: 'guest-shutdown', summary: 'the guest restarted itself' };
    case 'guest-panic':
      return { kind: 'panicked', summary: 'the guest panicked' };
    case 'host-qmp-quit':
      return { kind: 'quit', summary: 'QEMU was told to quit' };
    case 'host-ui':
      return { kind: 'quit', summary: 'QEMU was closed' };
    case 'host-signal':
      return { kind: 'host-signal', summary: 'QEMU was ended by a signal from this computer' };
    case 'host-error':
      return { kind: 'internal-error', summary: 'QEMU met an error and gave up' };
    default:
      return {
        kind: 'internal-error',
        summary: `QEMU shut down (${typeof reason === 'string' ? reason : 'no reason given'})`,
      };
  }
}

const signalNumbers: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

function signalWord(name: string): string {
  const number = signalNumbers[name];
  return number === undefined ? name : `signal ${number} (${name})`;
}
