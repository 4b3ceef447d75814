import { describe, expect, test } from 'vitest';
import { printDaemon } from '../../../main/cli/print-daemon.ts';
import { printDuration } from '../../../main/cli/print-duration.ts';
import { printFailure } from '../../../main/cli/print-failure.ts';
import { printHistory } from '../../../main/cli/print-history.ts';
import { printMachine, printMachineStatus } from '../../../main/cli/print-machine.ts';
import { healthOf, printMachines } from '../../../main/cli/print-machines.ts';
import { failedToBegin, printOperation } from '../../../main/cli/print-operation.ts';
import { securityReason } from '../../../main/contract/health-words.ts';
import { nothingLocal } from '../../../main/engine/fleet/nothing-local.ts';
import { sampleMachine, sampleOperation } from '../../support/sample-machine.ts';

const health = sampleMachine().health;

test('the list has its seven columns, aligned, without trailing blanks', () => {
  const stopped = sampleMachine({ name: 'a-longer-name', state: 'stopped', address: null, size: 'Standard_B2s' });
  expect(printMachines([sampleMachine(), stopped], false)).toBe(
    [
      'SESSION  VM NAME        STATUS   IP         REGION  SIZE           HEALTH',
      '-        demo           running  127.0.0.1  -       1 CPU, 64 MiB  N/A',
      '-        a-longer-name  stopped  -          -       Standard_B2s   N/A',
    ].join('\n'),
  );
});

test('colours stand around the words and do not shift the columns', () => {
  const plain = printMachines([sampleMachine()], false);
  const painted = printMachines([sampleMachine()], true);
  expect(painted).toContain('\u001b[32mrunning\u001b[39m');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: takes the colours away again
  expect(painted.replace(/\u001b\[\d+m/g, '')).toBe(plain);
});

test.each([
  [{ ...health, status: 'healthy' as const }, 'Healthy ✓'],
  [{ ...health, status: 'unhealthy' as const, reason: 'SSH down' }, 'Unhealthy (SSH down) ✗'],
  [{ ...health, status: 'degraded' as const, reason: 'disk 95 %' }, 'Degraded (disk 95 %) !'],
  [
    {
      ...health,
      status: 'degraded' as const,
      method: 'ssh',
      reason: securityReason('host key changed', 'It shows SHA256:x.'),
    },
    'Degraded (Security: host key changed) !',
  ],
  [{ ...health, status: 'unknown' as const }, 'Unknown'],
  [health, 'N/A'],
])('health %# is told in words', (value, text) => {
  expect(healthOf(value)).toBe(text);
});

test('a machine from a stranger cannot write to the terminal', () => {
  const text = printMachines([sampleMachine({ name: 'evil\u001b[2J\u0007', region: 'x\ny' })], false);
  expect(text.split('\n')).toHaveLength(2);
  expect(text).toContain('evil  ');
});

test('show leaves out what is not known', () => {
  const detail = {
    machine: sampleMachine(),
    config: null,
    definitionPath: '/home/ada/.vigil/machines/demo.yaml',
    diskPath: null,
    diskUsedBytes: 196_608,
    disks: [],
    consoleLogPath: null,
    acceleratorReason: 'KVM runs no guest here',
    mac: '52:54:00:12:34:56',
    guest: null,
  };
  expect(printMachine(detail, false).split('\n')).toEqual([
    'Name:        demo',
    'Provider:    qemu',
    'State:       running',
    'Wanted:      running',
    'Health:      N/A',
    'Address:     127.0.0.1',
    'PID:         42',
    'Up for:      1 h 1 min',
    'CPUs:        1',
    'Memory:      64 MiB',
    'Disk:        16 MiB (1 MiB used)',
    'Forwards:    127.0.0.1:2222 -> 22',
    'MAC:         52:54:00:12:34:56',
    'Accelerator: tcg (KVM runs no guest here)',
    'Created:     2026-01-01T00:00:00.000Z',
    'Definition:  /home/ada/.vigil/machines/demo.yaml',
    'Id:          5e2a7c1e-8d5f-4c53-9f4e-0d8c0b1a2f3d',
  ]);
  expect(printMachineStatus(detail, false).split('\n')).toHaveLength(8);
});

test('what the agent in a guest says follows, and why it says nothing', () => {
  const none = { os: null, hostName: null, addresses: [], fileSystems: [], at: '2026-01-01T00:00:00.000Z' };
  const mib = 1_048_576;
  const spoken = {
    ...none,
    present: true,
    reason: null,
    os: 'Debian GNU/Linux 12 (bookworm)',
    hostName: 'web\u001b[31m',
    addresses: [{ interface: 'eth0', address: '10.0.2.15' }],
    fileSystems: [
      { mount: '/', type: 'ext4', usedBytes: 512 * mib, totalBytes: 2048 * mib },
      { mount: '/mnt', type: 'nfs', usedBytes: null, totalBytes: null },
    ],
  };
  const detail = { ...nothingLocal, machine: sampleMachine() };
  expect(
    printMachineStatus({ ...detail, guest: spoken }, false)
      .split('\n')
      .slice(-4),
  ).toEqual([
    'Guest agent:     answers, asked at 2026-01-01T00:00:00.000Z',
    'Guest:           web, Debian GNU/Linux 12 (bookworm)',
    'Guest addresses: 10.0.2.15 (eth0)',
    'Guest disks:     / 25 % of 2048 MiB (ext4), /mnt (nfs)',
  ]);
  const silent = { ...none, present: false, reason: 'No guest agent listens in it.' };
  expect(printMachine({ ...detail, guest: silent }, false)).toContain(
    'Guest agent: no data: No guest agent listens in it.',
  );
});

test('history is a table, newest first as it comes', () => {
  const entry = { id: 3, at: '2026-01-01T00:00:00.000Z', machine: 'demo', actor: 'user' as const, details: {} };
  const text = printHistory([{ ...entry, action: 'machine.started', summary: 'Started.\u001b[31m' }], false);
  expect(text).toBe(
    [
      'ID  TIME                      VM NAME  ACTOR  ACTION           DETAILS',
      '3   2026-01-01T00:00:00.000Z  demo     user   machine.started  Started.',
    ].join('\n'),
  );
});

describe('an ended operation', () => {
  test.each([
    [sampleOperation({ kind: 'create' }), "Machine 'demo' created successfully"],
    [sampleOperation({ kind: 'create', result: { pid: 7 } }), "Machine 'demo' created successfully and started"],
    [sampleOperation(), "Machine 'demo' started"],
    [sampleOperation({ kind: 'stop', result: { rung: 'quit' } }), "Machine 'demo' stopped (quit)"],
    [
      sampleOperation({ state: 'failed', error: { code: 'refused', message: 'No such file.' } }),
      "Machine 'demo' failed to start: No such file.",
    ],
    [sampleOperation({ kind: 'delete', state: 'cancelled' }), "Machine 'demo': delete was cancelled"],
  ])('%# is one sentence', (operation, sentence) => {
    expect(printOperation(operation)).toBe(sentence);
  });

  test('refused before it began reads the same', () => {
    expect(failedToBegin('stop', 'demo', 'There is none.')).toBe("Machine 'demo' failed to stop: There is none.");
  });
});

test('a failure names the flag, the sentence and the way out', () => {
  expect(printFailure({ code: 'bad-input', message: 'At least 1.', field: 'memoryMib', hint: 'Give more.' })).toBe(
    'error: --memory: At least 1.\nhint: Give more.',
  );
  expect(printFailure({ code: 'not-found', message: 'None.', field: 'machine' })).toBe('error: None.');
});

test('the engine is told in words, also when there is none', () => {
  const daemon = { running: true, pid: 7, uptimeSeconds: 65, monitored: ['a', 'b'], version: '0.1.0', home: '/h' };
  expect(printDaemon({ ...daemon, host: 'app' })).toBe(
    'Engine 0.1.0 runs in the Vigil app, pid 7, for 1 min 5 s.\nMonitored: a, b\nHome: /h',
  );
  expect(printDaemon({ ...daemon, host: 'headless', running: false, pid: null, uptimeSeconds: null })).toBe(
    'No engine runs.\nHome: /h',
  );
});

test.each([
  [0, '0 s'],
  [59.9, '59 s'],
  [60, '1 min'],
  [90_061, '1 d 1 h'],
])('%d seconds are %s', (seconds, text) => {
  expect(printDuration(seconds)).toBe(text);
});
