import { describe, expect, it } from 'vitest';
import { readGuestReport } from '../../../../main/engine/metrics/guest-report.ts';

const report = `=vigil= /proc/stat
cpu  100 0 50 800 40 5 5 0 30 0
cpu0 100 0 50 800 40 5 5 0 30 0
intr 1 2 3
=vigil= /proc/meminfo
MemTotal:        1000 kB
MemFree:          100 kB
MemAvailable:     600 kB
Buffers:           50 kB
=vigil= /proc/net/dev
Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:  999999     1    0    0    0     0          0         0   999999     1    0    0    0     0       0          0
  eth0:    5000    10    0    0    0     0          0         0     7000    20    0    0    0     0       0          0
=vigil= /proc/diskstats
   7       0 loop0 1 0 8 0 0 0 0 0 0 0 0
 254       0 vda 10 0 100 0 20 0 40 0 0 0 0
 254       1 vda1 10 0 100 0 20 0 40 0 0 0 0
=vigil= /proc/sys/kernel/random/boot_id
96f40b61-41aa-4037-9366-6e6b179f6323
=vigil= df
Filesystem     1024-blocks  Used Available Capacity Mounted on
/dev/vda1             2000   450       550      45% /
`;

describe('a guest report', () => {
  it('is read as counters and gauges: caches not used, loops and partitions not counted, lo left out', () => {
    expect(readGuestReport(report, 7)).toEqual({
      takenAtMs: 7,
      epoch: '96f40b61-41aa-4037-9366-6e6b179f6323',
      cpu: { busy: 160, total: 1000 },
      memoryPercent: 40,
      diskPercent: 45,
      diskReadBytes: 51_200,
      diskWriteBytes: 20_480,
      networkInBytes: 5000,
      networkOutBytes: 7000,
    });
  });

  it.each([
    ['nothing', ''],
    ['a login banner', 'Welcome!\nYou have mail.\n'],
    ['a cut-off first line', '=vigil= /proc/stat\ncpu  100 0\n'],
    ['letters for numbers', '=vigil= /proc/stat\ncpu  a b c d e f g h\n'],
  ])('of %s is no reading', (_name, text) => {
    expect(readGuestReport(text, 0)).toBeNull();
  });

  it('that lacks a part lacks just its values', () => {
    const without = report.replace(/=vigil= df[\s\S]*$/, '').replace(/MemAvailable.*\n/, '');
    expect(readGuestReport(without, 0)).toMatchObject({ memoryPercent: null, diskPercent: null, networkInBytes: 5000 });
  });
});
