import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Operation } from '../../../../main/contract/operation.ts';
import type { SocketConnection } from '../../../../main/transport/client/socket-connection.ts';
import { type EngineProcess, startEngineProcess } from '../../../support/engine-process.ts';
import { killProcessesOfHome } from '../../../support/processes-of-home.ts';

const rounds = 8;

let top: string;
let home: string;
let engine: EngineProcess;

beforeEach(async () => {
  top = mkdtempSync('/tmp/vtold-');
  home = path.join(top, 'home');
  mkdirSync(home, { mode: 0o700 });
  engine = await startEngineProcess(home);
});

afterEach(async () => {
  await engine.stop();
  await killProcessesOfHome(home);
  rmSync(top, { recursive: true, force: true });
});

/** In the moment in which its end is heard the engine is killed; the next one is there when this resolves. */
async function killedWhenTold(begin: (connection: SocketConnection) => Promise<Operation>): Promise<void> {
  const { connection, pid } = engine;
  const begun = await begin(connection);
  const { error, state } = await connection.call('operation.wait', { operation: begun.id });
  process.kill(pid, 'SIGKILL');
  expect({ error, state }).toMatchObject({ state: 'done' });
  await engine.kill();
  engine = await startEngineProcess(home);
}

it(`what was told to be made is there when the engine is killed that moment (${rounds} machines, each with a snapshot and a clone)`, async () => {
  for (let round = 0; round < rounds; round += 1) {
    const machine = `m${round}`;
    await killedWhenTold((connection) =>
      connection.call('machine.create', { name: machine, memoryMib: 16, cpus: 1, diskMib: 16 }),
    );
    await killedWhenTold((connection) => connection.call('snapshot.take', { machine, name: 'first' }));
    await killedWhenTold((connection) => connection.call('machine.clone', { machine, name: `c${round}` }));
    expect(await engine.connection.call('snapshot.list', { machine })).toMatchObject([{ name: 'first' }]);
  }
  const machines = await engine.connection.call('machine.list', {});
  const made = machines.map(({ name, notice, state }) => ({ name, notice, state }));
  const wanted = Array.from({ length: rounds }, (_, round) => [`m${round}`, `c${round}`])
    .flat()
    .map((name) => ({ name, notice: null, state: 'stopped' }));
  expect(made).toHaveLength(wanted.length);
  expect(made).toEqual(expect.arrayContaining(wanted));
}, 120_000);
