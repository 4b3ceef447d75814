import type { GuestAddress, GuestDetail } from '../../contract/machine.ts';
import { providedMachine } from '../fleet/fleet-context.ts';
import type { FleetMachine } from '../fleet/machine-view.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import { inParallel } from '../metrics/in-parallel.ts';
import type { Clock } from '../ports/clock.ts';
import type { GuestLook } from '../ports/machine-guest.ts';
import type { MachineProvider } from '../ports/machine-provider.ts';
import type { Reading } from '../ports/reading.ts';

export interface GuestDeskPorts {
  readonly clock: Clock;
  readonly provider: MachineProvider;
  machines(): readonly FleetMachine[];
  /** How many guests are asked at a time. */
  maxWorkers(): number;
  /** What is known of the guest of a machine is another now. */
  announce(id: string): void;
}

/**
 * What the agents in the guests say, asked on the beat of the readings and kept for whoever looks. Invariants:
 * 1. An agent is asked once at a time, and nobody waits for a silent one longer than `patienceMs`.
 * 2. What is known belongs to the present run: it goes with it.
 */
export interface GuestDesk {
  /** One round over every machine that runs. */
  collect(): Promise<void>;
  /** What is known, asked anew when it is older than a moment; null unless the machine runs. */
  describe(machine: FleetMachine): Promise<GuestDetail | null>;
  /** As far as they are known now. */
  addresses(machine: FleetMachine): readonly GuestAddress[];
  /** When the agent answered last, wall-clock milliseconds; null when it did not answer when it was asked last. */
  agentAnswered(machine: FleetMachine): number | null;
  /** How full the guest's own disk was when its agent was last asked; null when it did not say. */
  diskReading(machine: FleetMachine, takenAtMs: number): Reading | null;
}

interface Known {
  readonly generation: number;
  readonly askedAtMs: number;
  readonly detail: GuestDetail;
}

const freshMs = 5_000;
/** Of a person who opened a page. */
const patienceMs = 1_500;

export function createGuestDesk(ports: GuestDeskPorts): GuestDesk {
  const { clock } = ports;
  const known = new Map<string, Known>();
  const asking = new Map<string, Promise<void>>();

  const presentOf = ({ record, run }: FleetMachine): Known | null => {
    const found = known.get(record.id);
    return run !== null && found?.generation === record.generation ? found : null;
  };

  const take = (machine: FleetMachine, look: GuestLook | null): void => {
    if (look === null) return;
    const { id, generation } = machine.record;
    const before = presentOf(machine);
    const detail = detailOf(look, isoTime(clock.wallNow()));
    known.set(id, { generation, askedAtMs: clock.monotonicNow(), detail });
    if (before === null || !isAlike(before.detail, detail)) ports.announce(id);
  };

  const ask = (machine: FleetMachine): Promise<void> => {
    const { id } = machine.record;
    const under = asking.get(id);
    if (under !== undefined) return under;
    const begun = ports.provider.guest
      .look(providedMachine(machine))
      .then((look) => take(machine, look))
      .finally(() => asking.delete(id));
    asking.set(id, begun);
    return begun;
  };

  return {
    collect: async () => {
      const machines = ports.machines();
      const running = machines.filter(({ run }) => run !== null);
      const ids = new Set(running.map(({ record }) => record.id));
      for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
      await inParallel(running, ports.maxWorkers(), ask);
    },

    describe: async (machine) => {
      if (machine.run === null) return null;
      const before = presentOf(machine);
      if (before === null || clock.monotonicNow() - before.askedAtMs > freshMs) {
        await within(clock, patienceMs, ask(machine));
      }
      return presentOf(machine)?.detail ?? null;
    },

    addresses: (machine) => presentOf(machine)?.detail.addresses ?? [],

    agentAnswered: (machine) => {
      const detail = presentOf(machine)?.detail;
      return detail?.present === true ? Date.parse(detail.at) : null;
    },

    diskReading: (machine, takenAtMs) => {
      const found = presentOf(machine);
      const root = found?.detail.fileSystems.find(({ mount }) => mount === '/');
      if (found === null || root === undefined || root.usedBytes === null || root.totalBytes === null) return null;
      return {
        takenAtMs,
        epoch: `agent ${found.generation}`,
        cpu: null,
        memoryPercent: null,
        diskPercent: (root.usedBytes / root.totalBytes) * 100,
        diskReadBytes: null,
        diskWriteBytes: null,
        networkInBytes: null,
        networkOutBytes: null,
      };
    },
  };
}

function detailOf(look: GuestLook, at: string): GuestDetail {
  if (look.present) return { ...look, reason: null, at };
  return { present: false, reason: look.reason, os: null, hostName: null, addresses: [], fileSystems: [], at };
}

/** How full its file systems are changes all the time and is no news. */
function isAlike(a: GuestDetail, b: GuestDetail): boolean {
  const facts = ({ present, reason, os, hostName, addresses, fileSystems }: GuestDetail) =>
    JSON.stringify([present, reason, os, hostName, addresses, fileSystems.map(({ mount }) => mount)]);
  return facts(a) === facts(b);
}

/** The work goes on after the wait. */
function within(clock: Clock, limitMs: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const undo = clock.after(limitMs, resolve);
    work.then(resolve, reject).finally(undo);
  });
}
