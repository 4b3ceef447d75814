import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { type EngineProcess, startEngineProcess } from '../../support/engine-process.ts';
import { eventually } from '../../support/eventually.ts';
import { killProcessesOfHome } from '../../support/processes-of-home.ts';
import { seededRandom } from '../../support/seeded-random.ts';

/** The engine is killed at random moments of a deletion whose script is to be told. */
const rounds = Number(process.env.VIGIL_CHAOS_OWED_HOOKS ?? 20);

let folder: string;
afterEach(async () => {
  await killProcessesOfHome(folder);
  rmSync(folder, { recursive: true, force: true });
});

async function hookedMachine({ connection }: EngineProcess, name: string, script: string): Promise<string> {
  const made = await connection.call('machine.create', { name, memoryMib: 32, diskMib: 4 });
  expect(await connection.call('operation.wait', { operation: made.id })).toMatchObject({ state: 'done' });
  await connection.call('hook.set', { machine: name, event: 'on_destroy', path: script });
  return (await connection.call('machine.get', { machine: name })).machine.id;
}

/** What became of the script of a machine, and when it was begun, once that is settled; null before. */
async function settled({ connection }: EngineProcess, machine: string) {
  const journal = await connection.call('journal.list', { machine, limit: 50 });
  const end = journal.find(({ action }) => action === 'hook.ran' || action === 'hook.failed');
  const begun = journal.find(({ action }) => action === 'hook.begun');
  return end === undefined || begun === undefined ? null : { hasRun: end.action === 'hook.ran', begunAt: begun.at };
}

it(`killed ${rounds} times inside a deletion, its script is told of each once`, { timeout: 900_000 }, async () => {
  folder = mkdtempSync('/tmp/vg-');
  const told = path.join(folder, 'told');
  const script = path.join(folder, 'tell.sh');
  writeFileSync(script, `#!/bin/sh\necho "$VIGIL_VM_ID" >> '${told}'\n`);
  chmodSync(script, 0o700);
  const random = seededRandom();
  const ids: string[] = [];
  const counts = { notDeleted: 0, before: 0, madeUp: 0, underWay: 0 };
  let engine = await startEngineProcess(folder);
  for (let round = 0; round < rounds; round += 1) {
    const name = `demo-${round}`;
    const id = await hookedMachine(engine, name, script);
    ids.push(id);
    engine.connection.call('machine.delete', { machine: name, force: random.below(2) === 0 }).catch(() => undefined);
    await pause(random.below(round % 2 === 0 ? 40 : 250));
    await engine.kill();
    const killedAt = new Date().toISOString();
    engine = await startEngineProcess(folder);
    const { connection } = engine;
    if ((await connection.call('machine.list', {})).some((machine) => machine.id === id)) {
      counts.notDeleted += 1;
      const begun = await connection.call('machine.delete', { machine: name, force: true });
      await connection.call('operation.wait', { operation: begun.id });
    }
    const now = engine;
    const end = await eventually(`round ${round}: the script is settled`, () => settled(now, id), 60_000);
    if (!end.hasRun) counts.underWay += 1;
    else counts[end.begunAt > killedAt ? 'madeUp' : 'before'] += 1;
  }
  await engine.stop();
  engine = await startEngineProcess(folder);
  const lines = readFileSync(told, 'utf8').trim().split('\n');
  await engine.stop();
  const times = ids.map((id) => lines.filter((line) => line === id).length);
  const untold = times.filter((count) => count === 0).length;
  console.info(`on_destroy: R=${rounds} seed=${random.seed} ${JSON.stringify({ ...counts, untold })}`);
  expect(times.filter((count) => count > 1)).toEqual([]);
  // Only one that was cut off between its beginning and its first word may be silent, and then its run says so.
  expect(untold).toBeLessThanOrEqual(counts.underWay);
  // Some must have been cut short, or nothing was tried.
  expect(counts.madeUp).toBeGreaterThan(0);
});
