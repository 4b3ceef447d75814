import type { Machine } from '../../../../main/contract/machine.ts';
import type { Operation } from '../../../../main/contract/operation.ts';
import type { Snapshot } from '../../../../main/contract/snapshot.ts';
import { type EngineUnderTest, engineUnderTest, type Parts, someone } from '../../../support/engine-under-test.ts';
import type { FakeContent } from '../../../support/fake-snapshots.ts';

/** One machine `demo` in an engine under test, and what a person does to it. */
export interface TimeTravel extends EngineUnderTest {
  readonly id: string;
  machine(): Promise<Machine>;
  content(): FakeContent;
  /** Somebody in the guest changes something. */
  write(content: Partial<FakeContent>): void;
  take(name: string): Promise<Operation>;
  revert(snapshot: string, memory?: boolean): Promise<Operation>;
  remove(snapshot: string): Promise<Operation>;
  suspend(): Promise<Operation>;
  start(): Promise<Operation>;
  stop(force?: boolean): Promise<Operation>;
  list(): Promise<readonly Snapshot[]>;
  /** Tags that the images hold. */
  tags(): readonly string[];
  /** The engine dies without a word and the next one comes up: `alive` says whether the process lived on. */
  nextLife(alive: boolean, before?: () => void, awaited?: boolean): Promise<TimeTravel>;
}

export async function timeTravel(
  draft: { start?: boolean; memoryMib?: number; diskMib?: number } = {},
  parts: Parts = {},
): Promise<TimeTravel> {
  const test = await engineUnderTest(parts);
  const made = await test.create({ name: 'demo', memoryMib: 64, diskMib: 16, ...draft });
  return travelWith(test, made.machineId);
}

function travelWith(test: EngineUnderTest, id: string): TimeTravel {
  const { handlers } = test.engine;
  const machine = 'demo';
  const { snapshots } = test.provider;
  return {
    ...test,
    id,
    machine: async () => (await handlers['machine.get']({ machine }, someone)).machine,
    content: () => snapshots.contentOf(id),
    write: (content) => snapshots.write(id, content),
    take: (name) => test.ended(handlers['snapshot.take']({ machine, name }, someone)),
    revert: (snapshot, memory = true) =>
      test.ended(handlers['snapshot.revert']({ machine, snapshot, memory }, someone)),
    remove: (snapshot) => test.ended(handlers['snapshot.delete']({ machine, snapshot }, someone)),
    suspend: () => test.ended(handlers['machine.suspend']({ machine }, someone)),
    start: () => test.ended(handlers['machine.start']({ machine }, someone)),
    stop: (force = true) => test.ended(handlers['machine.stop']({ machine, force }, someone)),
    list: async () => handlers['snapshot.list']({ machine }, someone),
    tags: () => [...(snapshots.tags.get(id)?.keys() ?? [])],
    nextLife: async (alive, before, awaited = true) => {
      const { provider } = test;
      const run = provider.processes.get(id);
      if (!alive) {
        provider.processes.delete(id);
        snapshots.ran(id, null);
      }
      // What waited in the dead engine is never opened; its promises end nowhere.
      snapshots.gates.clear();
      snapshots.errors.clear();
      const held = provider.held.has(id);
      provider.findings = new Map([
        [
          id,
          alive && run !== undefined
            ? { kind: 'running', run: { ...run, state: held ? 'paused' : 'running' } }
            : { kind: 'gone', end: null },
        ],
      ]);
      before?.();
      const { definitions, identifiers, store } = test;
      const next = await engineUnderTest({ store: store.copy(), provider, definitions, identifiers });
      for (const { id: operation, state } of await next.engine.handlers['operation.list']({}, someone)) {
        if (awaited && state === 'running') await next.engine.handlers['operation.wait']({ operation }, someone);
      }
      return travelWith(next, id);
    },
  };
}
