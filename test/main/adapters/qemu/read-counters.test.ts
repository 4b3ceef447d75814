import { expect, it } from 'vitest';
import { diskBytes } from '../../../../main/adapters/qemu/read-counters.ts';

const disk = (rd_bytes: unknown, wr_bytes: unknown, name = 'disk0') => ({
  'node-name': name,
  stats: { rd_bytes, wr_bytes },
});
const nothing = { diskReadBytes: null, diskWriteBytes: null };

it('the bytes of all disks are added up, and those of a CD are not', () => {
  expect(diskBytes([disk(512, 1024), disk(1, 2, 'disk1'), disk(9999, 0, 'cd0')])).toEqual({
    diskReadBytes: 513,
    diskWriteBytes: 1026,
  });
});

it('a disk that has done nothing yet has done 0 bytes', () => {
  expect(diskBytes([disk(0, 0)])).toEqual({ diskReadBytes: 0, diskWriteBytes: 0 });
});

it.each([
  [null],
  [undefined],
  [{}],
  [[]],
  [[null]],
  [[7, 'x']],
  [[disk('1', -1)]],
  [[{ 'node-name': 'disk0' }]],
  [[disk(9, 9, 'cd0')]],
])('what is no answer about disks (%j) is unknown, never 0', (answer) => expect(diskBytes(answer)).toEqual(nothing));

it('one disk that does not tell makes the sum unknown', () => {
  expect(diskBytes([disk(1, 2), disk(null, 3)])).toEqual({ diskReadBytes: null, diskWriteBytes: 5 });
});
