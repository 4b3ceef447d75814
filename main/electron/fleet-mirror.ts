import type { Connection } from '../contract/connection.ts';
import type { EngineNotice } from '../contract/engine-status.ts';
import type { Machine } from '../contract/machine.ts';
import type { Operation } from '../contract/operation.ts';

/** The fleet as the engine last told it, for a face that shows all of it at once. */
export interface FleetMirror {
  readonly machines: readonly Machine[];
  /** Those under way. */
  readonly operations: readonly Operation[];
  readonly notices: readonly EngineNotice[];
  /** Final. */
  close(): void;
}

/** Follows the engine's events from now on; `changed` is told after each change. Empty while there is no engine. */
export function createFleetMirror(connection: Connection, changed: () => void): FleetMirror {
  const machines = new Map<string, Machine>();
  const operations = new Map<string, Operation>();
  let notices: readonly EngineNotice[] = [];
  /** Rises with every engine, so that a late answer of the one before is dropped. */
  let engine = 0;
  /** What events told while a list was on its way is newer than the list. */
  let toldMeanwhile: Set<string> | null = null;

  function putOperation(operation: Operation): void {
    if (operation.state === 'running') operations.set(operation.id, operation);
    else operations.delete(operation.id);
  }

  function forget(): void {
    engine += 1;
    machines.clear();
    operations.clear();
    notices = [];
  }

  async function readAll(): Promise<void> {
    forget();
    const asked = engine;
    const told = new Set<string>();
    toldMeanwhile = told;
    try {
      const [listed, underWay, said] = await Promise.all([
        connection.call('machine.list', {}),
        connection.call('operation.list', {}),
        connection.call('engine.notices', {}),
      ]);
      if (asked !== engine) return;
      for (const machine of listed) if (!told.has(machine.id)) machines.set(machine.id, machine);
      for (const operation of underWay) if (!told.has(operation.id)) putOperation(operation);
      if (!told.has('notices')) notices = said;
    } catch {
      // The engine went away meanwhile: `engine.connected` brings us here again.
    } finally {
      if (asked === engine) toldMeanwhile = null;
      changed();
    }
  }

  const undo = [
    connection.subscribe('machine.changed', (machine) => {
      toldMeanwhile?.add(machine.id);
      machines.set(machine.id, machine);
      changed();
    }),
    connection.subscribe('machine.removed', ({ id }) => {
      toldMeanwhile?.add(id);
      machines.delete(id);
      changed();
    }),
    connection.subscribe('operation.changed', (operation) => {
      toldMeanwhile?.add(operation.id);
      putOperation(operation);
      changed();
    }),
    connection.subscribe('engine.notices-changed', (said) => {
      toldMeanwhile?.add('notices');
      notices = said;
      changed();
    }),
    connection.subscribe('engine.connected', () => void readAll()),
    connection.subscribe('engine.disconnected', () => {
      forget();
      changed();
    }),
  ];

  return {
    get machines() {
      return [...machines.values()];
    },
    get operations() {
      return [...operations.values()];
    },
    get notices() {
      return notices;
    },
    close: () => {
      for (const each of undo) each();
      engine += 1;
    },
  };
}
