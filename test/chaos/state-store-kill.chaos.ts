import { expect, it } from 'vitest';
import { killWriter } from '../main/adapters/sqlite/kill-writer.ts';
import { temporaryHome } from '../main/adapters/sqlite/state-samples.ts';

const rounds = Number(process.env.VIGIL_KILL_ROUNDS ?? 200);
const seed = Number(process.env.VIGIL_SEED ?? Date.now() % 1_000_000);

it(`a writer killed ${rounds} times loses nothing that it acknowledged and tears nothing (seed ${seed})`, async () => {
  const report = await killWriter({ home: temporaryHome(), rounds, seed, acknowledges: 'after' });
  console.log(`B13: R=${rounds} M=0 seed=${seed};`, report);
  expect(report).toMatchObject({ lost: 0, torn: 0, damaged: 0 });
});

it(`control: a writer that acknowledges before it commits is caught (seed ${seed})`, async () => {
  const report = await killWriter({ home: temporaryHome(), rounds: 10, seed, acknowledges: 'before' });
  console.log(report);
  expect(report.lost).toBeGreaterThan(0);
});
