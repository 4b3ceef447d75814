import { describe, expect, it } from 'vitest';
import { nextState } from '../../../../main/adapters/qemu/live-machine.ts';
import { classifyEnd, createEventHistory, eventsAsJson } from '../../../../main/adapters/qemu/machine-end.ts';
import { describeEarlyEnd } from '../../../../main/adapters/qemu/start-machine.ts';

const shutdown = (reason: string) => ({ generation: 1, name: 'SHUTDOWN', data: { guest: false, reason }, atMs: null });
const exit = (exitCode: number | null, signal: string | null = null) => ({ exitCode, signal });

describe('the kind of an end', () => {
  it.each([
    ['guest-shutdown', 'guest-shutdown'],
    ['guest-reset', 'guest-shutdown'],
    ['guest-panic', 'panicked'],
    ['host-qmp-quit', 'quit'],
    ['host-signal', 'host-signal'],
    ['host-error', 'internal-error'],
    ['something new', 'internal-error'],
  ])('after SHUTDOWN %s is %s', (reason, kind) => {
    expect(classifyEnd([shutdown(reason)], exit(0)).kind).toBe(kind);
  });

  it.each([
    [exit(null, 'SIGKILL'), { kind: 'killed', summary: 'killed by signal 9 (SIGKILL)' }],
    [exit(null, 'SIGSEGV'), { kind: 'killed', summary: 'killed by signal 11 (SIGSEGV)' }],
    [null, { kind: 'killed', summary: 'the process ended without a word' }],
    [exit(1), { kind: 'internal-error', summary: 'QEMU ended with exit code 1' }],
  ])('without a word and %j is told by the exit', (how, end) => {
    expect(classifyEnd([], how)).toEqual(end);
  });
});

it('a STOP after a panic does not hide it', () => {
  expect([nextState('running', 'STOP'), nextState('panicked', 'STOP'), nextState('watchdog', 'STOP')]).toEqual([
    'paused',
    null,
    null,
  ]);
  expect([
    nextState('running', 'GUEST_PANICKED'),
    nextState('running', 'WATCHDOG'),
    nextState('running', 'RTC_CHANGE'),
  ]).toEqual(['panicked', 'watchdog', null]);
});

it('only the last 50 events are kept', () => {
  const history = createEventHistory();
  for (let index = 0; index < 120; index += 1) history.add({ generation: 1, name: `E${index}`, data: {}, atMs: index });
  const kept: unknown = JSON.parse(eventsAsJson(history.all()));
  expect(kept).toHaveLength(50);
  expect(kept).toMatchObject({ 0: { event: 'E70' }, 49: { event: 'E119' } });
});

describe("QEMU's words at an early end", () => {
  it('name the port that was taken', () => {
    const words =
      "qemu-system-x86_64: -netdev user,id=net0: Could not set up host forwarding rule 'tcp:127.0.0.1:2222-:22'";
    expect(describeEarlyEnd(words, [{ host: 80 }, { host: 2222 }])).toMatchObject({
      field: 'forwards.1.host',
      code: 'refused',
    });
  });
  it('name the lock, or are passed on', () => {
    expect(describeEarlyEnd('x: Failed to get "write" lock', []).code).toBe('conflict');
    expect(describeEarlyEnd('qemu-system-x86_64: no memory', []).message).toBe('QEMU ended at once: no memory');
    expect(describeEarlyEnd('', []).message).toBe('QEMU ended at once: it gave no reason');
  });
});
