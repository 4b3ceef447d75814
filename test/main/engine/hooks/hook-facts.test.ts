import { expect, test } from 'vitest';
import { hookEnvironment, hookInput } from '../../../../main/engine/hooks/hook-facts.ts';

const facts = {
  machine: { id: 'm-1', name: 'a\0b', provider: 'qemu' },
  event: 'on_failure',
  at: '2026-01-01T00:00:00.000Z',
  failures: 3,
  reason: `$(reboot)\n'; rm -rf /\0${'x'.repeat(100_000)}`,
  path: '/home/dev/tell.sh',
  events: 2,
  isTest: false,
} as const;

test('no variable holds a NUL, and none takes the room of all', () => {
  const environment = hookEnvironment(facts);
  expect(environment.VIGIL_VM_NAME).toBe('ab');
  expect(environment.VIGIL_REASON?.length).toBe(4096);
  expect(Object.values(environment).some((value) => value.includes('\0'))).toBe(false);
});

test('the older names say the same', () => {
  const environment = hookEnvironment(facts);
  for (const name of ['VM_NAME', 'EVENT_TYPE', 'TIMESTAMP', 'FAILURE_COUNT']) {
    expect(environment[`AZLIN_${name}`]).toBe(environment[`VIGIL_${name}`]);
  }
});

test('the input is one line of JSON, with the text as it was', () => {
  const input = hookInput(facts);
  expect(input.endsWith('}\n')).toBe(true);
  expect(input.split('\n')).toHaveLength(2);
  expect(JSON.parse(input)).toMatchObject({ event: 'on_failure', failures: 3, events: 2, reason: facts.reason });
});
