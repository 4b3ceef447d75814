import { expect, test } from 'vitest';
import { quitChoice, quitQuestion, runningHere, stopFailureWords } from '../../../main/electron/quit-question.ts';
import { machine, runningMachine } from './machines.ts';

test('nothing is asked while nothing runs', () => {
  expect(quitQuestion(runningHere([machine('a')]), 'app')).toBeNull();
});

test('machines elsewhere are no reason to ask', () => {
  expect(
    runningHere([runningMachine('far', { provider: 'azure' }), runningMachine('near')]).map(({ name }) => name),
  ).toEqual(['near']);
});

test('a paused or stopping machine has a process, and counts', () => {
  expect(
    runningHere([runningMachine('a', { state: 'paused' }), runningMachine('b', { state: 'stopping' })]),
  ).toHaveLength(2);
});

test('the question says how many go on, and which', () => {
  const question = quitQuestion([runningMachine('a'), runningMachine('b')], 'app');
  expect(question).toMatchObject({
    message: 'Quit Vigil? 2 machines keep running.',
    buttons: ['Quit', 'Stop all and quit', 'Cancel'],
  });
  expect(question?.detail).toContain('a, b');
  expect(quitQuestion([runningMachine('a')], 'app')?.message).toBe('Quit Vigil? 1 machine keeps running.');
});

test('return leaves machines running, escape changes nothing', () => {
  const question = quitQuestion([runningMachine('a')], 'app');
  expect(quitChoice(question?.defaultId ?? -1)).toBe('quit');
  expect(quitChoice(question?.cancelId ?? -1)).toBe('cancel');
  expect([0, 1, 2, -1, 7].map(quitChoice)).toEqual(['quit', 'stop-all', 'cancel', 'cancel', 'cancel']);
});

test('a guest of a headless engine says that the engine goes on too', () => {
  expect(quitQuestion([runningMachine('a')], 'headless')?.detail).toContain('The engine runs on without this app');
  expect(quitQuestion([runningMachine('a')], 'app')?.detail).toContain('Nobody watches them');
});

test('a thousand machines make no dialog larger than the screen', () => {
  const many = Array.from({ length: 1000 }, (_, index) => runningMachine(`machine-${index}`));
  expect(quitQuestion(many, 'app')?.detail.length).toBeLessThan(1000);
  expect(quitQuestion(many, 'app')?.detail).toContain('and 990 more');
});

test('what could not be stopped is named with its reason', () => {
  expect(stopFailureWords([{ machine: 'a', reason: 'It is being created.' }])).toEqual({
    message: "'a' could not be stopped. Vigil goes on.",
    detail: 'a: It is being created.',
  });
  expect(
    stopFailureWords([
      { machine: 'a', reason: 'x' },
      { machine: 'b', reason: 'y' },
    ]).message,
  ).toBe('2 machines could not be stopped. Vigil goes on.');
});
