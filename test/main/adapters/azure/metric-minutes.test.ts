import { describe, expect, it } from 'vitest';
import { minutesOf, readMetrics } from '../../../../main/adapters/azure/metric-minutes.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 21, 12, minute));

describe('metrics of the platform in our units', () => {
  it('takes those of its metrics that we read, as Azure spells them', () => {
    expect(readMetrics(['Percentage CPU', 'VmAvailabilityMetric', 'Network In', 'network in total'])).toEqual([
      'Percentage CPU',
      'network in total',
    ]);
    // A name that every object has is none of a metric.
    expect(readMetrics(['constructor', 'toString'])).toEqual([]);
  });

  it('divides totals by the minute, takes what is available as what is not used, and keeps shares within their ends', () => {
    const [minute] = minutesOf([
      { name: 'PERCENTAGE CPU', data: [{ timeStamp: at(0), average: 100.2, total: 7 }] },
      { name: 'Available Memory Percentage', data: [{ timeStamp: at(0), average: 62.5 }] },
      { name: 'Disk Read Bytes', data: [{ timeStamp: at(0), total: 6000, average: 50 }] },
      { name: 'Network Out Total', data: [{ timeStamp: at(0), total: 0 }] },
    ]);
    expect(minute).toEqual({
      atMs: at(1).getTime(),
      values: {
        cpuPercent: 100,
        memoryPercent: 37.5,
        diskReadBytesPerSecond: 100,
        diskWriteBytesPerSecond: null,
        networkInBytesPerSecond: null,
        networkOutBytesPerSecond: 0,
      },
    });
  });

  it('leaves out minutes without any value, puts them in order, and knows no number that is none', () => {
    const minutes = minutesOf([
      {
        name: 'Percentage CPU',
        data: [
          { timeStamp: at(2), average: 2 },
          { timeStamp: at(0), average: 1 },
          { timeStamp: at(1) },
          { timeStamp: new Date(Number.NaN), average: 5 },
          { timeStamp: at(3), average: Number.NaN },
        ],
      },
      { name: 'Network In Total', data: [{ timeStamp: at(3), total: -5 }] },
      { name: 'Something New', data: [{ timeStamp: at(4), average: 5 }] },
    ]);
    expect(minutes.map(({ atMs, values }) => [atMs, values.cpuPercent])).toEqual([
      [at(1).getTime(), 1],
      [at(3).getTime(), 2],
    ]);
  });
});
