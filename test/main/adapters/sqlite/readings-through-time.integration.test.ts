import { fileURLToPath } from 'node:url';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { createMetricsRows } from '../../../../main/adapters/sqlite/metrics-rows.ts';
import { openMetricsDatabase } from '../../../../main/adapters/sqlite/open-metrics-database.ts';
import { bucketMs } from '../../../../main/adapters/sqlite/roll-up-entry.ts';
import { temporaryHome } from './state-samples.ts';
import { storedSample } from './stored-sample.ts';

const migrationsFolder = fileURLToPath(new URL('../../../../resources/migrations/metrics', import.meta.url));
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const yearMs = 365 * 24 * hourMs;
const jumps = [-hourMs, hourMs, -yearMs, yearMs];
const ownZone = process.env.TZ;

afterEach(() => {
  if (ownZone === undefined) delete process.env.TZ;
  else process.env.TZ = ownZone;
});

it.each([
  ['America/New_York', ['2026-03-08T07:00:00Z', '2026-11-01T06:00:00Z']],
  ['Europe/London', ['2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z']],
  ['Australia/Lord_Howe', ['2026-04-04T15:00:00Z', '2026-10-03T15:30:00Z']],
  ['Asia/Kathmandu', ['2026-03-29T18:15:00Z', '1985-12-31T18:30:00Z']],
  ['Pacific/Apia', ['2011-12-30T10:00:00Z', '2026-04-04T14:00:00Z']],
  ['America/Sao_Paulo', ['2018-11-04T03:00:00Z', '2019-02-17T02:00:00Z']],
  ['Pacific/Kiritimati', ['2026-12-31T10:00:00Z', '1994-12-31T10:00:00Z']],
] as const)(
  'in %s no hour and no day is double or missing, through both edges, jumps of the clock and a sleep',
  (zone, edges) => {
    process.env.TZ = zone;
    const { db } = openMetricsDatabase({ home: temporaryHome(), migrationsFolder, now: 0 });
    onTestFinished(() => void db.close());
    db.pragma('synchronous = OFF');
    const rows = createMetricsRows(db, (sentence) => expect(sentence).toBe(''));
    for (const edge of edges) {
      for (const jumpMs of jumps) {
        const machineId = `${edge} ${jumpMs}`;
        const moments = new Set<number>();
        let wall = Date.parse(edge) - 12 * hourMs;
        const read = (hours: number): void => {
          for (let step = 0; step < hours * 3; step += 1) {
            wall += 20 * minuteMs;
            moments.add(wall);
            rows.append([storedSample(machineId, wall)]);
            rows.tidy();
          }
        };
        read(18);
        wall += jumpMs;
        read(6);
        wall += 8 * hourMs - jumpMs;
        read(24);
        while (rows.tidy());
        for (const level of ['hourly', 'daily'] as const) {
          const asked = { machineIds: [machineId], source: 'host', level, fromMs: 0, toMs: 9e12, metrics: [] } as const;
          const [found] = rows.rollUps(asked);
          const starts = [...new Set([...moments].map((at) => Math.floor(at / bucketMs[level]) * bucketMs[level]))];
          expect([...(found?.startMs ?? [])]).toEqual(starts.sort((one, other) => one - other));
          expect(found?.readings.reduce((sum, count) => sum + count, 0)).toBe(moments.size);
        }
      }
    }
  },
);
