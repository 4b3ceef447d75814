import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CsvPiece, RollUp } from '../../../main/contract/roll-up.ts';
import { type AnsweringEngine, answeringEngine } from '../../support/answering-engine.ts';
import { runCliHere } from '../../support/cli-here.ts';

let rig: AnsweringEngine;
let home: string;
let pieces: CsvPiece[];

const known = (average: number, max: number) => ({ count: 60, average, min: 1, max, last: 2 });

function rollUp(over: Partial<RollUp> = {}): RollUp {
  return {
    machine: 'demo',
    machineId: 'a',
    source: 'host',
    level: 'hourly',
    from: '2026-03-01T10:00:00.000Z',
    to: '2026-03-01T11:00:00.000Z',
    readings: 60,
    failed: 0,
    partial: false,
    metrics: {
      cpuPercent: known(12.34, 99),
      memoryPercent: null,
      diskPercent: null,
      diskReadBytesPerSecond: known(1_500_000, 9_000_000),
      diskWriteBytesPerSecond: null,
      networkInBytesPerSecond: known(0, 0),
      networkOutBytesPerSecond: null,
    },
    ...over,
  };
}

beforeEach(async () => {
  pieces = [
    { text: 'head\none\n', rows: 1, next: 'host raw 5' },
    { text: 'two\n', rows: 1, next: null },
  ];
  rig = await answeringEngine({
    'metrics.roll-ups': async () => [
      rollUp({ source: 'guest', readings: 0, failed: 3, metrics: { ...rollUp().metrics, cpuPercent: null } }),
      rollUp(),
      rollUp({ partial: true, failed: 2, readings: 40, from: '2026-03-01T11:00:00.000Z' }),
    ],
    'metrics.export': async () => pieces.shift() ?? { text: '', rows: 0, next: null },
    'metrics.sql': async () => ({
      columns: ['vm_name', 'n'],
      rows: [
        ['a\u001b[2J', null],
        ['b', 2],
      ],
      isCut: true,
    }),
  });
  home = rig.home;
});
afterEach(() => rig.end());

const vigil = (...args: string[]) => runCliHere(home, args);
const askedRollUps = () => vi.mocked(rig.handlers['metrics.roll-ups']).mock.calls.map(([input]) => input);
const askedExport = () => vi.mocked(rig.handlers['metrics.export']).mock.calls.map(([input]) => input);
const askedSql = () => vi.mocked(rig.handlers['metrics.sql']).mock.calls.map(([input]) => input);

describe('vigil monitor history', () => {
  it('prints a line an hour of the source that tells, unknown values as dashes, and what is missing', async () => {
    const { exitCode, stdout, stderr } = await vigil('monitor', 'history', 'demo');
    expect(exitCode).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      [
        'TIME',
        'CPU %',
        'MEMORY %',
        'DISK %',
        'DISK READ MB/s',
        'DISK WRITE MB/s',
        'NET IN MB/s',
        'NET OUT MB/s',
        'REMARK',
      ],
      ['2026-03-01T10:00Z', '12.3 (99.0)', '-', '-', '1.5 (9.0)', '-', '0.0 (0.0)', '-'],
      [
        '2026-03-01T11:00Z',
        '12.3 (99.0)',
        '-',
        '-',
        '1.5 (9.0)',
        '-',
        '0.0 (0.0)',
        '-',
        'part of it only, 2 of 42 readings failed',
      ],
    ]);
    expect(stderr).toContain('source host');
    const [input] = askedRollUps();
    expect(input).toMatchObject({ machine: 'demo', level: 'hourly' });
    expect(Date.parse(input?.to ?? '') - Date.parse(input?.from ?? '')).toBe(7 * 86_400_000);
  });

  it('--days asks further back, by the day beyond a week', async () => {
    await vigil('monitor', 'history', 'demo', '--days', '30');
    const [input] = askedRollUps();
    expect(input?.level).toBe('daily');
    expect(Date.parse(input?.to ?? '') - Date.parse(input?.from ?? '')).toBe(30 * 86_400_000);
  });

  it('--metric shows one value with all that is known of it, --source another view', async () => {
    const { stdout } = await vigil('monitor', 'history', 'demo', '--metric', 'cpu_percent', '--source', 'guest');
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ['TIME', 'cpu_percent AVERAGE', 'LOWEST', 'HIGHEST', 'LAST', 'READINGS', 'REMARK'],
      ['2026-03-01T10:00Z', '-', '-', '-', '-', '0', '3 of 3 readings failed'],
    ]);
  });

  it('--json prints a list, of one value when that was asked for', async () => {
    const { stdout } = await vigil('monitor', 'history', 'demo', '--json', '--metric', 'cpu_percent');
    const told: unknown = JSON.parse(stdout);
    expect(told).toMatchObject([{ level: 'hourly', metrics: { cpuPercent: { average: 12.34 } } }, { partial: true }]);
    expect(stdout).not.toContain('memoryPercent');
  });

  it('--export saves every piece in one file of the user’s own', async () => {
    const file = path.join(rig.folder, 'demo.csv');
    const { exitCode, stdout } = await vigil('monitor', 'history', 'demo', '--export', file, '--json');
    expect([exitCode, JSON.parse(stdout)]).toEqual([0, { file, rows: 2 }]);
    expect(await readFile(file, 'utf8')).toBe('head\none\ntwo\n');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(askedExport().map((input) => input.after)).toEqual([undefined, 'host raw 5']);
  });

  it.each([
    ['--days', '0', 'A number of days'],
    ['--days', 'x', 'no whole number'],
    ['--metric', 'cpu', "There is no metric 'cpu'"],
    ['--source', 'moon', "There is no source 'moon'"],
  ])('%s %s is a mistake, said before any engine is asked', async (flag, value, words) => {
    const { exitCode, stderr } = await vigil('monitor', 'history', 'demo', flag, value);
    expect([exitCode, stderr.includes(words)]).toEqual([2, true]);
    expect(askedRollUps()).toEqual([]);
  });

  it('says so when there is nothing', async () => {
    vi.mocked(rig.handlers['metrics.roll-ups']).mockResolvedValue([]);
    const { exitCode, stdout, stderr } = await vigil('monitor', 'history', 'demo');
    expect([exitCode, stdout, stderr.trim()]).toEqual([0, '', 'No readings in that time.']);
  });
});

describe('vigil monitor sql', () => {
  it('prints a table, made plain, unknown values as dashes, and says that there is more', async () => {
    const { exitCode, stdout, stderr } = await vigil('monitor', 'sql', 'SELECT 1 FROM metrics', '--limit', '2');
    expect(exitCode).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ['vm_name', 'n'],
      ['a', '-'],
      ['b', '2'],
    ]);
    expect(stderr).toContain('There are more rows');
    expect(askedSql()).toEqual([{ query: 'SELECT 1 FROM metrics', limit: 2 }]);
  });

  it('--json prints an object a row', async () => {
    const { stdout } = await vigil('monitor', 'sql', 'SELECT 1 FROM metrics', '--json');
    expect(JSON.parse(stdout)).toEqual([
      { vm_name: 'a\u001b[2J', n: null },
      { vm_name: 'b', n: 2 },
    ]);
  });

  it('anything but a SELECT is refused', async () => {
    const { exitCode, stderr } = await vigil('monitor', 'sql', 'DROP TABLE metrics');
    expect([exitCode === 0, stderr.includes('A query begins with SELECT.')]).toEqual([false, true]);
    expect(askedSql()).toEqual([]);
  });
});
