import { describe, expect, it } from 'vitest';
import { parseProcessStat } from '../../../../main/adapters/processes/process-table.ts';

const rest = 'S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 145221 20 21';

describe('a line of /proc/PID/stat', () => {
  it.each([
    ['a plain name', `42 (qemu) ${rest}`],
    ['spaces', `42 (tmux: server) ${rest}`],
    ['parentheses', `42 (a) b (c)) ${rest}`],
    ['a line break', `42 (a\nb) ${rest}`],
    ['what looks like the rest', `42 (x) Z 1 2 3) ${rest}`],
  ])('is read with %s in the name', (_what, line) => {
    expect(parseProcessStat(line)).toEqual({ pid: 42, state: 'S', startTime: 145221, cpuTicks: 23 });
  });

  it.each([
    [''],
    ['42'],
    ['42 (a) '],
    ['42 (a) S 1 2'],
    ['x (a) S'],
    [`-1 (a) ${rest}`],
    [`0 (a) ${rest}`],
    [`42 (a) ${rest.replace('145221', 'x')}`],
    [`42 (a) ${rest.replace('S 1 2 3 4 5 6 7 8 9 10 11', 'S 1 2 3 4 5 6 7 8 9 10 -99')}`],
    [')('],
  ])('is refused when it is none: %j', (line) => expect(parseProcessStat(line)).toBeNull());
});
