import { describe, expect, test } from 'vitest';
import type { Machine } from '../../../main/contract/machine.ts';
import type { Operation } from '../../../main/contract/operation.ts';
import { conditionOf } from '../../../main/electron/machine-condition.ts';
import { machineMenu } from '../../../main/electron/tray-menu.ts';
import { azureMachine, billedMachine } from '../../renderer/support/azure-story.ts';
import { machine, operationOn, runningMachine } from './machines.ts';

/** `Stop`, or `(Stop)` where it is locked. */
function lines(subject: Machine, operation?: Operation): readonly string[] {
  const menu = machineMenu(conditionOf(subject, operation === undefined ? [] : [operation]));
  if (menu.kind !== 'submenu') throw new Error('a machine is a submenu');
  return menu.items.map((item) => {
    if (item.kind === 'separator') return '-';
    return item.kind === 'action' && item.enabled === false ? `(${item.label})` : item.label;
  });
}

const busy = { capabilities: ['stop', 'console'] } as const;

describe('the submenu of a machine of Azure', () => {
  test('that runs offers both ways to turn it off, by what they cost', () => {
    expect(lines(azureMachine(1, 'a'))).toEqual([
      'Running',
      '-',
      'Open',
      'Stop (still billed)',
      'Deallocate',
      'Restart',
      'Take a snapshot',
      'Force stop',
    ]);
  });

  test('that is off and paid for says so', () => {
    expect(lines(billedMachine).slice(0, 5)).toEqual([
      'Stopped, still billed: Its compute is paid for until it is deallocated',
      '-',
      'Open',
      'Start',
      'Deallocate',
    ]);
  });
});

describe('the submenu of a machine', () => {
  test('that is stopped offers start', () => {
    expect(lines(machine('a'))).toEqual(['Stopped', '-', 'Open', 'Start']);
  });

  test('that runs offers every way to stop', () => {
    expect(lines(runningMachine('a'))).toEqual(['Running', '-', 'Open', 'Stop', 'Restart', 'Force stop']);
  });

  test('that runs is marked so, also a host of which nobody saw the start', () => {
    const mark = (subject: Machine) => {
      const menu = machineMenu(conditionOf(subject, []));
      return menu.kind === 'submenu' ? menu.label : null;
    };
    const answers = { status: 'healthy', reason: null, since: null, lastCheck: null, method: 'ssh' } as const;
    const host = { provider: 'ssh', health: { ...answers, sshReachable: true, sshFailures: 0 } } as const;
    expect(mark(machine('a'))).toBe('○ a');
    expect(mark(runningMachine('a'))).toBe('● a');
    expect(mark(machine('a', { ...host, state: 'running' }))).toBe('● a');
  });

  test('that runs and keeps snapshots offers to hold it, to save it and to keep this moment', () => {
    const able = runningMachine('a', { capabilities: ['stop', 'restart', 'pause', 'suspend', 'snapshot', 'console'] });
    expect(lines(able).slice(3)).toEqual([
      'Stop',
      'Restart',
      'Pause',
      'Suspend to disk',
      'Take a snapshot',
      'Force stop',
    ]);
  });

  test('that SSH leads to offers a terminal', () => {
    const able = runningMachine('a', { capabilities: ['stop', 'ssh'] });
    expect(lines(able).slice(2)).toEqual(['Open', 'SSH', 'Stop', 'Force stop']);
  });

  test('that is paused or suspended goes on; it does not start', () => {
    const held = runningMachine('a', { state: 'paused', capabilities: ['start', 'resume', 'stop', 'console'] });
    expect(lines(held)).toEqual(['Paused', '-', 'Open', 'Resume', 'Stop', 'Force stop']);
  });

  test('that is being put back in time has every verb locked', () => {
    const busyNow = operationOn('a', { kind: 'revert', step: 'Loading the memory' });
    expect(lines(runningMachine('a', { capabilities: ['console'] }), busyNow).slice(3)).toEqual([
      '(Stop)',
      '(Restart)',
      '(Pause)',
      '(Suspend to disk)',
      '(Take a snapshot)',
      '(Force stop)',
    ]);
  });

  test('that can do nothing offers nothing', () => {
    expect(lines(machine('a', { state: 'unknown', capabilities: ['console'] }))).toEqual(['Unknown', '-', 'Open']);
  });

  test('that failed says why', () => {
    const notice = {
      severity: 'critical',
      text: "'a' ended by itself: killed.",
      since: '2026-01-01T00:00:00.000Z',
    } as never;
    expect(lines(machine('a', { state: 'failed', notice }))).toEqual([
      'Failed: ended by itself: killed',
      '-',
      'Open',
      'Start',
    ]);
  });

  test('that is being stopped tells the step, locks what may not pre-empt it and keeps its shape', () => {
    expect(lines(runningMachine('a', busy), operationOn('a', { step: 'waiting for the guest' }))).toEqual([
      'Stopping: waiting for the guest',
      '-',
      'Open',
      '(Stop)',
      '(Restart)',
      '(Pause)',
      '(Suspend to disk)',
      '(Take a snapshot)',
      'Force stop',
    ]);
  });

  test('that is being started can be stopped', () => {
    expect(lines(machine('a', { ...busy, state: 'starting' }), operationOn('a', { kind: 'start' }))).toEqual([
      'Starting…',
      '-',
      'Open',
      'Stop',
      '(Restart)',
      '(Pause)',
      '(Suspend to disk)',
      '(Take a snapshot)',
      'Force stop',
    ]);
  });

  test.each(['create', 'delete'] as const)('that is under %s has no verbs', (kind) => {
    expect(lines(machine('a', { capabilities: [] }), operationOn('a', { kind }))).toEqual([
      kind === 'create' ? 'Creating…' : 'Deleting…',
      '-',
      'Open',
    ]);
  });

  test('is not touched by the operation of another or by one that has ended', () => {
    expect(lines(runningMachine('a'), operationOn('b'))).toContain('Restart');
    expect(lines(runningMachine('a'), operationOn('a', { state: 'done' }))).toContain('Restart');
  });

  test('aims every verb at its own machine by id', () => {
    const menu = machineMenu(conditionOf(runningMachine('a'), []));
    const actions =
      menu.kind === 'submenu' ? menu.items.flatMap((item) => (item.kind === 'action' ? [item.action] : [])) : [];
    expect(actions).toEqual(
      ['open-machine', 'stop', 'restart', 'force-stop'].map((kind) => ({ kind, machine: 'id-of-a' })),
    );
  });
});
