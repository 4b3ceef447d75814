import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assessSeries } from '../../../../main/engine/forecasts/assess-series.ts';
import { percentRange, type ValueRange } from '../../../../main/engine/forecasts/back-test.ts';
import { errorRatio, forecastError, plainErrors } from '../../../support/forecast-error.ts';

/**
 * Five-minute readings of real servers, two weeks each. They are read where they lie: the folder is named by
 * `VIGIL_UTILISATION`, else looked for beside the repository.
 */
const folder = process.env.VIGIL_UTILISATION ?? join(import.meta.dirname, '../../../../../shared/data/utilisation');
const isThere = existsSync(folder);
if (!isThere)
  console.warn(`NOT TESTED: forecasts on real series; there is no folder ${folder} (name one in VIGIL_UTILISATION).`);

const anything: ValueRange = { least: 0, most: Number.POSITIVE_INFINITY };
const series = [
  { name: 'ec2_cpu_utilization_5f5533', range: percentRange, calm: true },
  { name: 'rds_cpu_utilization_cc0c53', range: percentRange, calm: true },
  { name: 'ec2_disk_write_bytes_1ef3de', range: anything, calm: false },
] as const;

describe.runIf(isThere)('forecasts of real servers', () => {
  it.each(series)('$name: seven days give the straight line, with no track record', ({ name, range }) => {
    const { model, record, status } = assessSeries(hoursOf(name).subarray(0, 168), range);
    expect({ model: model?.name, record, status }).toEqual({ model: 'straight line', record: [], status: 'ok' });
  });

  it.each(series.filter(({ calm }) => calm))(
    '$name: what seven days foretell of the rest is as near as the best plain way',
    ({ name, range }) => {
      const hours = hoursOf(name);
      const [known, came] = [hours.subarray(0, 168), hours.subarray(168)];
      const { model } = assessSeries(known, range);
      if (model === null) throw new Error('Nothing was foretold.');
      expect(errorRatio(forecastError(model, came, range).distance, plainErrors(known, came, range).best)).toBeLessThan(
        1.05,
      );
    },
  );

  it.each(series)('$name: nothing is called reliable that was off by more than the limit', ({ name, range }) => {
    const hours = hoursOf(name);
    const judged = [];
    for (let end = 337; end <= hours.length; end += 6) {
      const { record, status } = assessSeries(hours.subarray(0, end), range);
      if (record.length === 0) continue;
      judged.push(status);
      if (status === 'ok') for (const { share } of record) expect(share).toBeLessThanOrEqual(0.135);
    }
    expect(judged.length).toBeGreaterThan(0);
    // Every one of them does in its second week what nobody could have known.
    if (name !== 'ec2_cpu_utilization_5f5533') expect(judged).not.toContain('ok');
  });
});

/** The means of its hours; NaN where there is none. */
function hoursOf(name: string): Float64Array {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const row of readFileSync(join(folder, `${name}.csv`), 'utf8')
    .trim()
    .split('\n')
    .slice(1)) {
    const [stamp = '', value = ''] = row.split(',');
    const hour = Math.floor(Date.parse(`${stamp.replace(' ', 'T')}Z`) / 3_600_000);
    const { sum, count } = sums.get(hour) ?? { sum: 0, count: 0 };
    sums.set(hour, { sum: sum + Number(value), count: count + 1 });
  }
  const first = Math.min(...sums.keys());
  const hours = new Float64Array(Math.max(...sums.keys()) - first + 1).fill(Number.NaN);
  for (const [hour, { sum, count }] of sums) hours[hour - first] = sum / count;
  return hours;
}
