import { expect, it } from 'vitest';
import { killOutbox } from '../support/kill-outbox.ts';

const episodes = Number(process.env.VIGIL_OUTBOX_EPISODES ?? 1000);
const kills = Number(process.env.VIGIL_OUTBOX_KILLS ?? 200);

it(`of ${episodes} alerts nothing is lost and nothing out of order through ${kills} kills and a receiver that fails in three of ten tries`, async () => {
  const report = await killOutbox({ episodes, kills });
  console.log(`B20: R=${kills} M=0;`, report);
  expect(report).toMatchObject({ lost: 0, outOfOrder: 0, unequalKeys: 0, unmarked: 0 });
  expect(report.duplicates).toBeLessThanOrEqual(report.lostAnswers);
});

it('control: an outbox that does not take up what an earlier life left loses', async () => {
  const report = await killOutbox({ episodes: 60, kills: 6, memory: 'lost' });
  console.log('control:', report);
  expect(report.lost).toBeGreaterThan(0);
});
