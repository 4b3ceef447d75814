import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Handlers } from '../../../main/contract/calls.ts';
import { VigilError } from '../../../main/contract/failure.ts';
import type { Explanation, HealingStatus } from '../../../main/contract/healing.ts';
import { type AnsweringEngine, answeringEngine } from '../../support/answering-engine.ts';
import { runCliHere } from '../../support/cli-here.ts';

/** The verbs of healing, in front of an engine whose answers are ours. */

let rig: AnsweringEngine | undefined;
let home: string;

async function engine(answers: Partial<Handlers>): Promise<void> {
  await rig?.end();
  rig = await answeringEngine(answers);
  home = rig.home;
}

const vigil = (...args: string[]) => runCliHere(home, args);
const asked = (name: keyof Handlers) =>
  rig === undefined ? [] : vi.mocked(rig.handlers[name]).mock.calls.map(([input]) => input);

const healing: HealingStatus = {
  machine: 'demo',
  policy: 'on-failure',
  dryRun: false,
  failure: null,
  decision: null,
  tripped: false,
  restarts: { used: 0, allowed: 6, lastHour: 0 },
};
const why: Explanation = {
  machine: 'demo',
  sentences: ["'demo' is running, as it is meant to be.", 'It is not healed, because: a person worked on it.\u001b[2J'],
  healing,
  story: [
    {
      id: 12,
      at: '2026-03-17T20:30:15.000Z',
      actor: 'engine',
      action: 'healing.refused',
      summary: "'demo' is left alone.",
      details: { guard: 'recent-action' },
      cause: 11,
    },
    {
      id: 11,
      at: '2026-03-17T20:29:15.000Z',
      actor: 'engine',
      action: 'health.changed',
      summary: 'Down.',
      details: {},
    },
  ],
};

beforeEach(() => engine({}));
afterEach(() => rig?.end());

describe('why', () => {
  test('gives the sentences, then the story with its times, newest first', async () => {
    await engine({ 'machine.why': () => why });
    expect(await vigil('why', 'demo')).toEqual({
      exitCode: 0,
      stdout: [
        "'demo' is running, as it is meant to be.",
        'It is not healed, because: a person worked on it.',
        '',
        'TIME                      WHAT',
        "2026-03-17T20:30:15.000Z  'demo' is left alone.",
        '2026-03-17T20:29:15.000Z  Down.',
        '',
      ].join('\n'),
      stderr: '',
    });
    expect(asked('machine.why')).toEqual([{ machine: 'demo' }]);
  });

  test('without a story is the sentences alone', async () => {
    await engine({ 'machine.why': () => ({ ...why, story: [] }) });
    expect((await vigil('why', 'demo')).stdout.trim().split('\n')).toHaveLength(2);
  });

  test('with --json is the whole explanation', async () => {
    await engine({ 'machine.why': () => why });
    expect(JSON.parse((await vigil('why', 'demo', '--json')).stdout)).toEqual(why);
  });

  test('of a machine that is not there fails', async () => {
    await engine({
      'machine.why': () => {
        throw new VigilError('not-found', "There is no machine 'demo'.");
      },
    });
    expect(await vigil('why', 'demo')).toMatchObject({ exitCode: 1, stdout: '' });
  });
});

describe('pausing', () => {
  test.each([
    [['lifecycle', 'pause'], { seconds: 'until-resumed' }, null, 'Healing is paused until someone lets it go on.\n'],
    [
      ['lifecycle', 'pause', '--for', '2592000'],
      { seconds: 2_592_000 },
      '2026-03-17T21:30:15.000Z',
      'Healing is paused until 2026-03-17T21:30:15.000Z.\n',
    ],
  ] as const)('%j asks for %j', async (args, input, until, stdout) => {
    await engine({ 'lifecycle.pause': () => ({ paused: true, until }) });
    expect(await vigil(...args)).toEqual({ exitCode: 0, stdout, stderr: '' });
    expect(asked('lifecycle.pause')).toEqual([input]);
    expect(JSON.parse((await vigil(...args, '--json')).stdout)).toEqual({ paused: true, until });
  });

  test.each(['0', '2592001', '1h', '-5'])('--for %s is used wrongly and asks for nothing', async (text) => {
    expect(await vigil('lifecycle', 'pause', '--for', text)).toMatchObject({ exitCode: 2, stdout: '' });
    expect(asked('lifecycle.pause')).toEqual([]);
  });

  test('ends with resume', async () => {
    await engine({ 'lifecycle.resume': () => ({ paused: false }) });
    expect(await vigil('lifecycle', 'resume')).toEqual({ exitCode: 0, stdout: 'Healing goes on.\n', stderr: '' });
    expect(JSON.parse((await vigil('lifecycle', 'resume', '--json')).stdout)).toEqual({ paused: false });
  });
});

test('release says that the count begins anew', async () => {
  await engine({ 'lifecycle.release': () => healing });
  const told = await vigil('lifecycle', 'release', 'demo');
  expect(told).toEqual({
    exitCode: 0,
    stdout: "'demo' may be restarted again: its count begins anew.\n",
    stderr: '',
  });
  expect(asked('lifecycle.release')).toEqual([{ machine: 'demo' }]);
  expect(JSON.parse((await vigil('lifecycle', 'release', 'demo', '--json')).stdout)).toEqual(healing);
});

describe('history --verify', () => {
  test.each([
    [null, 0],
    [7, 1],
  ])('broken at %j ends with %i', async (brokenAt, exitCode) => {
    const found = { entries: 9, brokenAt, summary: 'A sentence about the journal.' };
    await engine({ 'journal.verify': () => found });
    expect(await vigil('history', '--verify')).toEqual({
      exitCode,
      stdout: 'A sentence about the journal.\n',
      stderr: '',
    });
    expect(JSON.parse((await vigil('history', '--verify', '--json')).stdout)).toEqual(found);
  });

  test('stands alone', async () => {
    expect(await vigil('history', '--verify', '--vm', 'demo')).toMatchObject({ exitCode: 2 });
    expect(asked('journal.verify')).toEqual([]);
  });
});
