import { connectQmp, type QmpClient } from '../../main/adapters/qemu/qmp-client.ts';
import type { RuntimeRecord } from '../../main/adapters/qemu/runtime-record.ts';
import type { MachineProvider } from '../../main/engine/ports/machine-provider.ts';
import { eventually } from './eventually.ts';
import type { ButtonReaction } from './guests/button-guest.ts';
import { createRealClock } from './real-clock.ts';

/** A machine that is about to be stopped. */
export interface StopCandidate {
  readonly provider: MachineProvider;
  readonly record: RuntimeRecord;
  /** A connection to the monitor that is there for people. */
  readonly monitor: QmpClient;
  isAlive(): boolean;
  /** Names of the monitor's events so far. */
  heard(): readonly string[];
}

/** One way in which a machine can meet its stop. */
export interface StopSituation {
  readonly name: string;
  /** Of 300 runs. */
  readonly share: number;
  /** Null: firmware only, which does not know the power button. */
  readonly guest: ButtonReaction | null;
  readonly force: boolean;
  readonly acpiMs: number;
  /** Sum of the limits of the rungs up to the one that ends it, and of the wait for the lock. */
  readonly budgetMs: number;
  readonly rung: 'acpi' | 'quit' | 'term' | 'kill' | 'ended';
  /** Done to it just before the stop. */
  readonly before?: (machine: StopCandidate) => Promise<void>;
}

const quitMs = 5000;
const termMs = 5000;
const killMs = 10_000;
const lockMs = 5000;
const gentle = { force: false } as const;
const forced = { force: true, acpiMs: 60_000 } as const;

const freeze = async ({ record }: StopCandidate): Promise<void> => void process.kill(record.identity.pid, 'SIGSTOP');

export const stopSituations: readonly StopSituation[] = [
  { name: 'it obeys', share: 60, guest: 'powers off', ...gentle, acpiMs: 4000, budgetMs: 4000 + lockMs, rung: 'acpi' },
  {
    name: 'it obeys the second press',
    ...{ share: 24, guest: 'powers off at the second press', ...gentle },
    ...{ acpiMs: 3000, budgetMs: 3000 + lockMs, rung: 'acpi' },
  },
  {
    name: 'a person holds it, it obeys when resumed',
    ...{ share: 24, guest: 'powers off', ...gentle, acpiMs: 4000, budgetMs: 4000 + lockMs, rung: 'acpi' },
    before: async ({ monitor }) => void (await monitor.execute('stop')),
  },
  {
    name: 'it hears the button and ignores it',
    ...{ share: 21, guest: 'ignores it', ...gentle, acpiMs: 300, budgetMs: 300 + quitMs + lockMs, rung: 'quit' },
  },
  {
    name: 'it is deaf',
    ...{ share: 36, guest: null, ...gentle, acpiMs: 300, budgetMs: 300 + quitMs + lockMs, rung: 'quit' },
  },
  {
    // Noticed at half the time of the power button.
    name: 'it panics on its way down',
    ...{ share: 24, guest: 'panics', ...gentle, acpiMs: 4000, budgetMs: 2000 + quitMs + lockMs, rung: 'quit' },
  },
  {
    name: 'it panicked before',
    ...{ share: 18, guest: null, ...gentle, acpiMs: 60_000, budgetMs: quitMs + lockMs, rung: 'quit' },
    before: async (machine) => {
      await machine.monitor.execute('human-monitor-command', { 'command-line': 'o /b 0x505 1' });
      await eventually('it panicked', () => machine.heard().includes('GUEST_PANICKED'));
    },
  },
  { name: 'it is forced', share: 24, guest: 'powers off', ...forced, budgetMs: quitMs + lockMs, rung: 'quit' },
  {
    name: 'it is frozen',
    ...{ share: 12, guest: null, ...gentle, acpiMs: 300, budgetMs: 5000 + termMs + killMs + lockMs, rung: 'kill' },
    before: freeze,
  },
  {
    name: 'it is frozen and forced',
    ...{ share: 12, guest: null, ...forced, budgetMs: 2000 + termMs + killMs + lockMs, rung: 'kill' },
    before: freeze,
  },
  {
    name: 'somebody holds the only line to its monitor, and it is forced',
    ...{ share: 15, guest: null, ...forced, budgetMs: 1500 + termMs + lockMs, rung: 'term' },
    before: async ({ provider, record }) => {
      await provider.close();
      await connectQmp({
        ...{ path: record.paths.qmp, generation: 0, clock: createRealClock(), timeoutMs: 10_000 },
        ...{ onEvent: () => {}, onClosed: () => {} },
      });
    },
  },
  {
    name: 'it is gone already',
    ...{ share: 30, guest: null, ...gentle, acpiMs: 300, budgetMs: lockMs, rung: 'ended' },
    before: async (machine) => {
      process.kill(machine.record.identity.pid, 'SIGKILL');
      await eventually('it is gone', () => !machine.isAlive());
    },
  },
];
