import { expect, it } from 'vitest';
import { killWriter } from './kill-writer.ts';
import { temporaryHome } from './state-samples.ts';

const rounds = Number(process.env.VIGIL_KILL_ROUNDS ?? 20);
const seed = Number(process.env.VIGIL_SEED ?? Date.now() % 1_000_000);
const timeout = 60_000 + rounds * 10_000;

it(
  `a writer killed ${rounds} times loses nothing that it acknowledged and tears nothing (seed ${seed})`,
  async () => {
    const report = await killWriter({ home: temporaryHome(), rounds, seed, acknowledges: 'after' });
    console.log(report);
    expect(report).toMatchObject({ lost: 0, torn: 0, damaged: 0 });
    expect(report.acknowledged).toBeGreaterThan(rounds);
  },
  timeout,
);

it(`control: a writer that acknowledges before it commits is caught within 5 kills (seed ${seed})`, async () => {
  const report = await killWriter({ home: temporaryHome(), rounds: 5, seed, acknowledges: 'before' });
  expect(report.lost).toBeGreaterThan(0);
});
