import type { CallContext, Handlers } from '../../contract/calls.ts';
import { createStopSource } from '../../contract/stop-signal.ts';
import { type FleetContext, happeningBy, providedMachine } from './fleet-context.ts';
import type { FleetMachine } from './machine-view.ts';

/** Looking at machines and typing to them. */
export type ConsoleHandlers = Pick<
  Handlers,
  'console.read' | 'console.follow' | 'console.write' | 'console.search' | 'machine.screenshot'
>;

export interface ConsoleDesk {
  readonly handlers: ConsoleHandlers;
  /** Keeps every log in bounds. */
  trimLogs(): Promise<void>;
}

/** One entry in the journal stands for everything that one person types at one machine for so long. */
const sittingMs = 600_000;
const never = createStopSource().signal;

export function createConsoleDesk(fleet: FleetContext): ConsoleDesk {
  const { console } = fleet.provider;
  const resolve = (reference: string): FleetMachine => fleet.registry.resolve(reference);
  /** Person and machine -> when they last typed there. */
  const typists = new Map<string, number>();
  /** Machine -> the generation whose log nobody writes any longer, and that was brought into its bounds since. */
  const trimmedAtRest = new Map<string, number>();

  const noteTyping = ({ record }: FleetMachine, by: CallContext): void => {
    const now = fleet.clock.monotonicNow();
    for (const [key, at] of typists) if (now - at > sittingMs) typists.delete(key);
    const key = `${by.user} ${by.face} ${record.id}`;
    if (!typists.has(key)) {
      const summary = `${by.user} typed at the console of '${record.name}'.`;
      fleet.ledger.record([], happeningBy(by, record, 'console.typed', summary));
    }
    typists.set(key, now);
  };

  return {
    handlers: {
      'console.read': ({ machine, from, limit }) =>
        fleet.provider.readConsole(providedMachine(resolve(machine)), from, limit),
      'console.follow': ({ machine, from, limit, waitMs }, { gone }) =>
        console.follow(providedMachine(resolve(machine)), { from, limit, waitMs }, gone ?? never),
      'console.write': async ({ machine, data }, by) => {
        const found = resolve(machine);
        await console.write(providedMachine(found), data);
        noteTyping(found, by);
        return null;
      },
      'console.search': ({ machine, text, before, limit }) =>
        console.search(providedMachine(resolve(machine)), { text, before, limit }),
      'machine.screenshot': async ({ machine, kept }) => {
        const found = resolve(machine);
        const provided = providedMachine(found);
        const picture = await (kept ? console.keptPicture(provided) : console.takePicture(provided));
        return { machine: found.record.name, ...picture };
      },
    },
    trimLogs: async () => {
      for (const machine of fleet.registry.all()) {
        const { id, state, generation } = machine.record;
        const rests = machine.run === null && state === 'stopped';
        if (rests && trimmedAtRest.get(id) === generation) continue;
        try {
          await console.trim(providedMachine(machine));
          if (rests) trimmedAtRest.set(id, generation);
        } catch (error) {
          fleet.log.write('warn', 'console', 'a log could not be kept in bounds', {
            machine: machine.record.id,
            error,
          });
        }
      }
    },
  };
}
