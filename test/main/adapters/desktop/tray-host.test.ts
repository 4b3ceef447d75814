import { expect, test, vi } from 'vitest';
import { findTrayHost } from '../../../../main/adapters/desktop/tray-host.ts';
import { VigilError } from '../../../../main/contract/failure.ts';
import type { CommandResult } from '../../../../main/engine/ports/processes.ts';

const said = (stdout: string, exitCode = 0): CommandResult => ({ exitCode, signal: null, stdout, stderr: '' });
const linux = { platform: 'linux', busAddress: 'unix:path=/bus' } as const;

function programs(answers: Readonly<Record<string, CommandResult | Error>>) {
  return {
    find: async (program: string) => (program in answers ? program : null),
    run: vi.fn(async (program: string): Promise<CommandResult> => {
      const answer = answers[program];
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error('not there');
      return answer;
    }),
  };
}

test.each([
  ['dbus-send', 'method return time=1 sender=org.freedesktop.DBus\n   boolean true\n', 'present'],
  ['dbus-send', 'method return time=1 sender=org.freedesktop.DBus\n   boolean false\n', 'absent'],
  ['gdbus', '(true,)\n', 'present'],
  ['gdbus', '(false,)\n', 'absent'],
  ['busctl', 'b true\n', 'present'],
  ['busctl', 'b false\n', 'absent'],
  ['busctl', 'nonsense', 'unknown'],
] as const)('%s saying %j means %s', async (program, stdout, host) => {
  expect(await findTrayHost({ processes: programs({ [program]: said(stdout) }), ...linux })).toBe(host);
});

test('one that fails or hangs leaves the answer to the next', async () => {
  const processes = programs({
    'dbus-send': new VigilError('timeout', 'dbus-send did not end within 3 s.'),
    gdbus: said('true', 1),
    busctl: said('b false\n'),
  });
  expect(await findTrayHost({ processes, ...linux })).toBe('absent');
  for (const call of processes.run.mock.calls as unknown as [string, string[], { timeoutMs: number }][]) {
    expect(call[2].timeoutMs).toBeLessThanOrEqual(3000);
  }
});

test('nobody to ask, nothing known', async () => {
  expect(await findTrayHost({ processes: programs({}), ...linux })).toBe('unknown');
  const processes = programs({ 'dbus-send': said('boolean false') });
  expect(await findTrayHost({ processes, platform: 'linux', busAddress: undefined })).toBe('unknown');
  expect(processes.run).not.toHaveBeenCalled();
});

test('other systems always have a tray', async () => {
  expect(await findTrayHost({ processes: programs({}), platform: 'darwin', busAddress: undefined })).toBe('present');
});
