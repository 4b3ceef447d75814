import { expect, it } from 'vitest';
import { parseLocks } from '../../../../main/adapters/qemu/kernel-locks.ts';

it('reads the numbers of locked files, whatever kind of lock it is and whoever has it', () => {
  const text = [
    '1: OFDLCK ADVISORY  READ -1 fe:01:2228227 100 101',
    '2: POSIX  ADVISORY  WRITE 2006 00:2a:77 0 EOF',
    '2: -> POSIX  ADVISORY  WRITE 2007 00:2a:78 0 EOF',
    '3: FLOCK  ADVISORY  WRITE 0 103:02:18446744073709551615 0 EOF',
    '4: LEASE  ACTIVE    READ 1',
    'nonsense',
    '',
  ].join('\n');
  expect([...parseLocks(text)]).toEqual(['2228227', '77', '78', '18446744073709551615']);
});
