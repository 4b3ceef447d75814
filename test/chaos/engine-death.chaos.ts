import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Machine } from '../../main/contract/machine.ts';
import type { SocketConnection } from '../../main/transport/client/socket-connection.ts';
import { type EngineProcess, startEngineProcess } from '../support/engine-process.ts';
import { eventually } from '../support/eventually.ts';
import { killProcessesOfHome, machineProcessesOf } from '../support/processes-of-home.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';

/**
 * B6: the engine is killed at random moments, alone and inside create, start, stop, snapshot, suspend and delete, with
 * machines running. After its next start every living machine is watched again, nothing runs twice, nothing is orphaned, nothing was killed.
 */
const rounds = Number(process.env.VIGIL_CHAOS_ROUNDS ?? 50);
const readyLimitMs = 2000;
const steady = ['one', 'two', 'three', 'four'] as const;
const busy = 'busy';

const homes: string[] = [];
afterEach(async () => {
  for (const home of homes.splice(0)) {
    await killProcessesOfHome(home);
    rmSync(home, { recursive: true, force: true });
  }
});

function freshHome(): string {
  const home = mkdtempSync('/tmp/vg-');
  homes.push(home);
  return home;
}

async function startFleet(engine: EngineProcess): Promise<void> {
  for (const name of steady) {
    const begun = await engine.connection.call('machine.create', {
      name,
      memoryMib: 32,
      diskMib: 4,
      cpus: 1,
      start: true,
    });
    const ended = await engine.connection.call('operation.wait', { operation: begun.id });
    expect(ended.state).toBe('done');
  }
}

/** Something is under way on the busy machine when the engine dies; what becomes of it is nobody's promise. */
async function beginSomething(connection: SocketConnection, random: SeededRandom): Promise<string> {
  const machines = await connection.call('machine.list', {});
  const present = machines.find((machine) => machine.name === busy);
  const ignore = (work: Promise<unknown>): void => void work.catch(() => undefined);
  if (present === undefined) {
    ignore(connection.call('machine.create', { name: busy, memoryMib: 32, diskMib: 4, cpus: 1, start: true }));
    return 'create';
  }
  const verb = random.pick(['start', 'stop', 'restart', 'snapshot', 'suspend', 'delete', 'nothing'] as const);
  if (verb === 'start') ignore(connection.call('machine.start', { machine: busy }));
  if (verb === 'stop')
    ignore(connection.call('machine.stop', { machine: busy, force: random.below(2) === 0, timeoutSeconds: 1 }));
  if (verb === 'restart') ignore(connection.call('machine.restart', { machine: busy, force: true }));
  if (verb === 'snapshot')
    ignore(connection.call('snapshot.take', { machine: busy, name: `s${random.below(1_000_000)}` }));
  if (verb === 'suspend') ignore(connection.call('machine.suspend', { machine: busy }));
  if (verb === 'delete') ignore(connection.call('machine.delete', { machine: busy, force: true }));
  return verb;
}

interface Truth {
  readonly orphans: string[];
  readonly doubles: string[];
  readonly lost: string[];
  readonly untrue: string[];
}

/** Compares what the engine says with the process table and the disk. */
function compare(home: string, machines: readonly Machine[], pidsBefore: ReadonlyMap<string, number>): Truth {
  const processes = machineProcessesOf(home).map(({ pid, commandLine }) => ({
    pid,
    id: commandLine[commandLine.indexOf('-uuid') + 1] ?? '',
  }));
  const byId = new Map(machines.map((machine) => [machine.id, machine]));
  const folders = readdirSync(path.join(home, 'machines')).filter((name) => !name.endsWith('.yaml'));
  return {
    orphans: [
      ...processes.filter(({ id, pid }) => byId.get(id)?.pid !== pid).map(({ id, pid }) => `process ${pid} of ${id}`),
      ...folders.filter((id) => !byId.has(id)).map((id) => `folder ${id}`),
    ],
    doubles: processes
      .filter(({ id }, index) => processes.findIndex((other) => other.id === id) !== index)
      .map(({ id }) => id),
    lost: steady.filter((name) => {
      const machine = machines.find((candidate) => candidate.name === name);
      return machine?.state !== 'running' || machine.pid !== pidsBefore.get(name);
    }),
    untrue: machines
      .filter((machine) => machine.pid !== undefined && !processes.some(({ pid }) => pid === machine.pid))
      .map((machine) => `${machine.name} ${machine.state}`),
  };
}

async function killRounds(
  home: string,
  count: number,
  random: SeededRandom,
  script?: string,
): Promise<{ truth: Truth; readyMs: number[]; verbs: string[] }> {
  const all: Truth = { orphans: [], doubles: [], lost: [], untrue: [] };
  const readyMs: number[] = [];
  const verbs: string[] = [];
  let engine = await startEngineProcess(home);
  await startFleet(engine);
  const pids = new Map(
    (await engine.connection.call('machine.list', {})).map((machine) => [machine.name, machine.pid ?? 0]),
  );
  for (let round = 0; round < count; round += 1) {
    verbs.push(await beginSomething(engine.connection, random));
    await pause(random.below(round % 2 === 0 ? 30 : 1200));
    await engine.kill();
    engine = await startEngineProcess(home, script);
    readyMs.push(engine.readyMs);
    const found = compare(home, await engine.connection.call('machine.list', {}), pids);
    for (const key of ['orphans', 'doubles', 'lost', 'untrue'] as const)
      all[key].push(...found[key].map((text) => `round ${round} (${verbs.at(-1)}): ${text}`));
  }
  await engine.stop();
  return { truth: all, readyMs, verbs };
}

describe('the death of the engine (B6)', () => {
  it(`killed ${rounds} times at random moments loses, doubles and orphans nothing, and is ready again within 2 s`, async () => {
    const home = freshHome();
    const random = seededRandom();
    const { truth, readyMs, verbs } = await killRounds(home, rounds, random);
    const slowest = Math.max(...readyMs);
    const counts = [...new Set(verbs)].map((verb) => `${verb} ${verbs.filter((other) => other === verb).length}`);
    console.log(
      `B6: R=${rounds} M=0 seed=${random.seed}; inside ${counts.join(', ')}; ready again median ${readyMs.toSorted((a, b) => a - b)[Math.floor(rounds / 2)]?.toFixed(0)} ms, slowest ${slowest.toFixed(0)} ms`,
    );
    expect(truth).toEqual({ orphans: [], doubles: [], lost: [], untrue: [] });
    expect(slowest).toBeLessThan(readyLimitMs);
  });

  it('an adopted machine is watched: a panic after adoption is reported', async () => {
    const home = freshHome();
    const first = await startEngineProcess(home);
    await startFleet(first);
    await first.kill();
    const second = await startEngineProcess(home);
    const [machine] = await second.connection.call('machine.list', {});
    await second.panic(machine?.id ?? '');
    const failed = await eventually('the panic to be reported', async () =>
      (await second.connection.call('machine.list', {})).find(
        (candidate) => candidate.id === machine?.id && candidate.state === 'failed',
      ),
    );
    expect(failed.notice).toMatchObject({ kind: 'held', severity: 'critical' });
    expect((await second.connection.call('machine.crashes', { machine: failed.name }))[0]?.kind).toBe('panicked');
    await second.stop();
  });

  it('the control: an engine that adopts nothing is caught by the same comparison', async () => {
    const { truth } = await killRounds(freshHome(), 2, seededRandom(1), 'test/support/engine-without-adoption.ts');
    expect(truth.lost.length + truth.orphans.length).toBeGreaterThan(0);
  });
});
