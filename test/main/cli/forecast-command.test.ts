import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Forecast } from '../../../main/contract/forecast.ts';
import { type AnsweringEngine, answeringEngine } from '../../support/answering-engine.ts';
import { runCliHere } from '../../support/cli-here.ts';
import { sampleForecast, untoldForecast } from '../../support/sample-forecast.ts';

let rig: AnsweringEngine;
let home: string;
let answer: readonly Forecast[] = [];

beforeEach(async () => {
  answer = [
    sampleForecast(),
    sampleForecast({
      machine: 'young',
      band: null,
      backtestError: null,
      worstBacktestError: null,
      model: 'straight line',
      daysUntilThreshold: 0,
    }),
    sampleForecast({ machine: 'calm', trend: 'stable', pointsPerDay: -0.1, atRisk: false, daysUntilThreshold: null }),
    untoldForecast({
      machine: 'jumpy',
      status: 'not reliable',
      backtestError: 34,
      reason: 'A forecast of the last weeks was off by 51 %; the limit is 13.5 %.',
    }),
    untoldForecast({ machine: 'new\u001b[2J', currentValue: null }),
  ];
  rig = await answeringEngine({ 'forecast.list': async () => answer });
  home = rig.home;
});
afterEach(() => rig.end());

const vigil = (...args: string[]) => runCliHere(home, ['monitor', 'forecast', ...args]);
const asked = () => vi.mocked(rig.handlers['forecast.list']).mock.calls.map(([input]) => input);

describe('vigil monitor forecast', () => {
  it('prints a line each: the prediction with its band, what is left, and how far off it was so far', async () => {
    const { exitCode, stdout } = await vigil();
    expect(exitCode).toBe(0);
    const [head, ...lines] = stdout.trimEnd().split('\n');
    expect(head?.split(/ {2,}/)).toEqual([
      'VM NAME',
      'METRIC',
      'NOW',
      'IN 7 DAYS',
      'IN 30 DAYS',
      'TREND',
      'OVER 90 % IN',
      'PAST ERROR',
      'REMARK',
    ]);
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      [
        'gitea',
        'disk',
        '78.4 %',
        '82.9 % (81.1-84.7)',
        '97.6 % (92.4-100.0)',
        'increasing, +0.64 a day',
        '18.1 days',
        '1.5 %',
        'robust line',
      ],
      [
        'young',
        'disk',
        '78.4 %',
        '82.9 %',
        '97.6 %',
        'increasing, +0.64 a day',
        'over now',
        'no track record yet',
        'straight line',
      ],
      [
        'calm',
        'disk',
        '78.4 %',
        '82.9 % (81.1-84.7)',
        '97.6 % (92.4-100.0)',
        'stable, -0.10 a day',
        '-',
        '1.5 %',
        'robust line',
      ],
      [
        'jumpy',
        'disk',
        '78.4 %',
        '-',
        '-',
        '-',
        '-',
        '34.0 %',
        'not reliable: A forecast of the last weeks was off by 51 %; the limit is 13.5 %.',
      ],
      ['new', 'disk', '-', '-', '-', '-', '-', '-', 'insufficient data: 3 of 7 days with readings.'],
    ]);
  });

  it('asks for what the flags say, and for everything without them', async () => {
    await vigil();
    await vigil('--vm-name', 'gitea', '--days', '14', '--at-risk-only');
    expect(asked()).toEqual([
      { atRiskOnly: false, days: 30, soFar: false },
      { machine: 'gitea', atRiskOnly: true, days: 14, soFar: false },
    ]);
  });

  it('prints the list itself with --json', async () => {
    answer = answer.slice(0, 2);
    const { stdout } = await vigil('--json');
    expect(JSON.parse(stdout)).toEqual(answer);
  });

  it('says that nothing is at risk, where nothing is', async () => {
    answer = [];
    const { exitCode, stdout, stderr } = await vigil('--at-risk-only');
    expect({ exitCode, stdout, stderr: stderr.trim() }).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'Nothing is at risk.',
    });
  });

  it.each([['0'], ['91'], ['x']])('refuses %s days', async (days) => {
    expect((await vigil('--days', days)).exitCode).toBe(2);
  });
});
