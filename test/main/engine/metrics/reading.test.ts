import { describe, expect, it } from 'vitest';
import { noValues } from '../../../../main/contract/sample.ts';
import { valuesBetween } from '../../../../main/engine/metrics/reading.ts';
import type { Reading } from '../../../../main/engine/ports/reading.ts';

const first: Reading = {
  takenAtMs: 0,
  epoch: 'boot-1',
  cpu: { busy: 100, total: 1000 },
  memoryPercent: 40,
  diskPercent: 61.2,
  diskReadBytes: 1000,
  diskWriteBytes: 2000,
  networkInBytes: 3000,
  networkOutBytes: 4000,
};
const second: Reading = {
  ...first,
  takenAtMs: 10_000,
  cpu: { busy: 350, total: 2000 },
  memoryPercent: 45,
  diskReadBytes: 11_000,
  diskWriteBytes: 2000,
  networkInBytes: 3500,
  networkOutBytes: 104_000,
};

describe('two readings', () => {
  it('become rates per second and shares of what was possible', () => {
    expect(valuesBetween(first, second)).toEqual({
      cpuPercent: 25,
      memoryPercent: 45,
      diskPercent: 61.2,
      diskReadBytesPerSecond: 1000,
      diskWriteBytesPerSecond: 0,
      networkInBytesPerSecond: 50,
      networkOutBytesPerSecond: 10_000,
    });
  });

  it('are told to the hundredth of a percent and to the byte a second', () => {
    const values = valuesBetween(first, {
      ...second,
      takenAtMs: 3000,
      cpu: { busy: 433, total: 2000 },
      memoryPercent: 100 / 3,
    });
    expect([values.cpuPercent, values.memoryPercent, values.diskReadBytesPerSecond]).toEqual([33.3, 33.33, 3333]);
  });

  it('of which there is only one give gauges and no rates', () => {
    expect(valuesBetween(null, first)).toEqual({ ...noValues, memoryPercent: 40, diskPercent: 61.2 });
  });

  it('with a reboot in between give no rates, though every counter may have grown', () => {
    expect(valuesBetween(first, { ...second, epoch: 'boot-2' })).toEqual({
      ...noValues,
      memoryPercent: 45,
      diskPercent: 61.2,
    });
  });

  it('of which one counter ran backwards lose just that rate', () => {
    const values = valuesBetween(first, { ...second, networkInBytes: 10 });
    expect(values.networkInBytesPerSecond).toBeNull();
    expect(values.networkOutBytesPerSecond).toBe(10_000);
  });

  it('with a missing counter have no rate for it, and never a zero', () => {
    expect(valuesBetween({ ...first, diskReadBytes: null }, second).diskReadBytesPerSecond).toBeNull();
    expect(valuesBetween(first, { ...second, cpu: null }).cpuPercent).toBeNull();
  });

  it('taken at the same moment have no rates', () => {
    expect(valuesBetween(first, { ...second, takenAtMs: 0 }).diskReadBytesPerSecond).toBeNull();
  });

  it('keep shares within 0 and 100 when clock ticks round', () => {
    expect(valuesBetween(first, { ...second, cpu: { busy: 1101, total: 2000 } }).cpuPercent).toBe(100);
  });
});
