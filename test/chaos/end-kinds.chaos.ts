import { mkdtempSync, rmSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { Machine } from '../../main/contract/machine.ts';
import type { SocketConnection } from '../../main/transport/client/socket-connection.ts';
import { type EngineProcess, startEngineProcess } from '../support/engine-process.ts';
import { atMonitorOf, type MachineEnding, machineEndings } from '../support/machine-ends.ts';
import { killProcessesOfHome } from '../support/processes-of-home.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';

/**
 * B10: machines of a real engine end in every way there is, in half of the rounds after the engine was killed and took
 * them up again. State, journal and crash record must say which, and the state must be announced within a second.
 */
const rounds = Number(process.env.VIGIL_CHAOS_END_ROUNDS ?? 20);
const announceLimitMs = 1000;

const homes: string[] = [];
afterEach(async () => {
  for (const home of homes.splice(0)) {
    await killProcessesOfHome(home);
    rmSync(home, { recursive: true, force: true });
  }
});

interface Seen {
  readonly ending: MachineEnding;
  readonly adopted: boolean;
  readonly announcedMs: number;
  readonly faults: readonly string[];
}

/** The machine at the moment it is first announced in this state; null when it does not come. */
function announcement(engine: SocketConnection, id: string, state: Machine['state']): Promise<number | null> {
  return new Promise((resolve) => {
    const settle = (at: number | null) => {
      clearTimeout(limit);
      undo();
      resolve(at);
    };
    const limit = setTimeout(() => settle(null), 2 * announceLimitMs);
    const undo = engine.subscribe('machine.changed', (machine) => {
      if (machine.id === id && machine.state === state && machine.operation === null) settle(performance.now());
    });
  });
}

async function endOne(
  home: string,
  engine: SocketConnection,
  machine: Machine,
  ending: MachineEnding,
  adopted: boolean,
): Promise<Seen> {
  const { id, name, pid } = machine;
  const reference = { machine: id };
  const earlier = new Set((await engine.call('machine.crashes', reference)).map((crash) => crash.id));
  const [last] = await engine.call('journal.list', { ...reference, limit: 1 });
  const announced = announcement(engine, id, ending.state);
  let inflictedAt = 0;
  await ending.inflict({
    ...{ id, name, pid: pid ?? 0, engine },
    atMonitor: (command, args) => {
      inflictedAt = performance.now();
      return atMonitorOf(home, id, command, args);
    },
  });
  if (inflictedAt === 0) inflictedAt = performance.now();
  const at = await announced;
  const faults: string[] = [];
  if (at === null) faults.push(`never announced as ${ending.state}`);
  const entries = (await engine.call('journal.list', { ...reference, limit: 10 })).filter(
    ({ id }) => id > (last?.id ?? 0),
  );
  const [entry] = entries;
  const said = { count: entries.length, action: entry?.action, actor: entry?.actor, end: entry?.details.end };
  const wanted = { count: 1, action: ending.action, actor: ending.actor, end: ending.end };
  if (JSON.stringify(said) !== JSON.stringify(wanted)) faults.push(`journal: ${JSON.stringify(said)}`);
  const crashes = (await engine.call('machine.crashes', reference)).filter((crash) => !earlier.has(crash.id));
  const [crash] = crashes;
  if (crashes.length !== (ending.crash === null ? 0 : 1)) faults.push(`${crashes.length} crash records`);
  if (crash !== undefined && crash.kind !== ending.crash) faults.push(`crash record: ${crash.kind}`);
  if (!adopted && ending.word !== undefined && !crash?.summary.includes(ending.word))
    faults.push(`crash record: ${crash?.summary}`);
  const present = (await engine.call('machine.get', reference)).machine;
  if (present.state !== ending.state) faults.push(`state: ${present.state}`);
  return { ending, adopted, announcedMs: (at ?? Number.POSITIVE_INFINITY) - inflictedAt, faults };
}

/** All run again, whatever had become of them. */
async function bringUp(engine: SocketConnection): Promise<readonly Machine[]> {
  for (const machine of await engine.call('machine.list', {})) {
    const reference = { machine: machine.id };
    if (machine.state === 'running') continue;
    const begun =
      machine.pid === undefined
        ? await engine.call('machine.start', reference)
        : await engine.call('machine.restart', { ...reference, force: true });
    const ended = await engine.call('operation.wait', { operation: begun.id });
    if (ended.state !== 'done') throw new Error(JSON.stringify(ended));
  }
  return engine.call('machine.list', {});
}

async function inflictAll(home: string, count: number, random: SeededRandom, script?: string): Promise<Seen[]> {
  let engine: EngineProcess = await startEngineProcess(home, script);
  for (const [index] of machineEndings.entries()) {
    const begun = await engine.connection.call('machine.create', {
      ...{ name: `m${index}`, memoryMib: 32, diskMib: 4, cpus: 1 },
    });
    await engine.connection.call('operation.wait', { operation: begun.id });
  }
  const seen: Seen[] = [];
  for (let round = 0; round < count; round += 1) {
    const machines = await bringUp(engine.connection);
    const adopted = round % 2 === 1;
    if (adopted) {
      await engine.kill();
      engine = await startEngineProcess(home, script);
    }
    const shift = random.below(machines.length);
    for (const [index, ending] of machineEndings.entries()) {
      const machine = machines[(index + shift) % machines.length];
      if (machine === undefined) throw new Error('No machine is left.');
      seen.push(await endOne(home, engine.connection, machine, ending, adopted));
    }
  }
  await engine.stop();
  return seen;
}

function freshHome(): string {
  const home = mkdtempSync('/tmp/vg-');
  homes.push(home);
  return home;
}

const faultsOf = (seen: readonly Seen[]) =>
  seen.flatMap(({ adopted, ending, faults }) =>
    faults.map((fault) => `${ending.name}${adopted ? ', adopted' : ''}: ${fault}`),
  );

describe('the end of a machine (B10)', () => {
  it(`is told for what it was in all of ${machineEndings.length} kinds x ${rounds}, within a second`, async () => {
    const random = seededRandom();
    const seen = await inflictAll(freshHome(), rounds, random);
    const times = (ending: MachineEnding) =>
      seen.filter((one) => one.ending === ending).map(({ announcedMs }) => announcedMs);
    for (const ending of machineEndings)
      console.log(
        `B10: ${ending.name}: ${times(ending).length} times, announced after at most ${Math.max(...times(ending)).toFixed(0)} ms`,
      );
    console.log(
      `B10: R=${seen.length} (${seen.filter(({ adopted }) => adopted).length} adopted) M=0 seed=${random.seed}`,
    );
    expect(faultsOf(seen)).toEqual([]);
    expect(
      seen.filter(({ announcedMs, ending }) => ending.actor === 'engine' && announcedMs > announceLimitMs),
    ).toEqual([]);
  });

  it('the control: an engine that only counts processes is caught in every kind that says more', async () => {
    const seen = await inflictAll(freshHome(), 1, seededRandom(1), 'test/support/engine-that-counts-processes.ts');
    const caught = new Set(seen.filter(({ faults }) => faults.length > 0).map(({ ending }) => ending.end));
    expect(caught).toEqual(new Set(['panicked', 'watchdog', 'killed', 'host-signal', 'quit', 'guest-shutdown']));
  });
});
