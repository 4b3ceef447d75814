import { describe, expect, it } from 'vitest';
import { firstWanted, observe } from '../../../../main/engine/azure/observe.ts';
import type { AzureMachineRecord } from '../../../../main/engine/ports/azure-records.ts';
import { fakePower, fakeVm } from '../../../support/fake-azure.ts';

const now = '2026-11-21T12:00:00.000Z';
const vm = fakeVm('web');
const running: AzureMachineRecord = {
  id: 'm',
  vm,
  wanted: 'running',
  state: 'running',
  power: 'running',
  provisioning: 'succeeded',
  billed: true,
  notice: null,
  createdAt: now,
};

describe('what is wanted of a machine when somebody else acts on it', () => {
  it.each([
    ['deallocated', 'stopped'],
    ['deallocating', 'stopped'],
    ['suspended', 'suspended'],
    // It may have fallen: that is no decision of anybody.
    ['stopped', 'running'],
    ['unknown', 'running'],
  ] as const)('it is seen %s: wanted %s', (state, wanted) => {
    expect(observe(running, null, fakePower(vm, state), now).wanted).toBe(wanted);
  });

  it('is that it runs once it was started elsewhere', () => {
    const off: AzureMachineRecord = { ...running, wanted: 'stopped', state: 'deallocated' };
    expect(observe(off, null, fakePower(vm, 'running'), now).wanted).toBe('running');
  });

  it('stays what a person said here for as long as nothing changes', () => {
    const off: AzureMachineRecord = { ...running, wanted: 'stopped' };
    expect(observe(off, null, fakePower(vm, 'running'), now).wanted).toBe('stopped');
  });

  it('is at first what it is seen to be', () => {
    expect(firstWanted(fakePower(vm, 'running'))).toBe('running');
    expect(firstWanted(fakePower(vm, 'deallocated'))).toBe('stopped');
    expect(firstWanted(null)).toBe('stopped');
  });
});

describe('a row that was read again', () => {
  it('is the same one when nothing of it changed', () => {
    expect(observe(running, { ...vm, tags: {} }, fakePower(vm, 'running'), now)).toBe(running);
  });

  it('tells of a change in Azure that failed, once, and until the state is another one', () => {
    const failed = observe(running, null, fakePower(vm, 'running', { provisioningError: 'AllocationFailed' }), now);
    expect(failed.notice).toMatchObject({ severity: 'warning', text: expect.stringContaining('AllocationFailed') });
    const later = '2026-11-21T13:00:00.000Z';
    const again = observe(failed, null, fakePower(vm, 'running', { provisioningError: 'AllocationFailed' }), later);
    expect(again.notice?.since).toBe(now);
    expect(observe(again, null, fakePower(vm, 'deallocated'), later).notice).toBeNull();
  });
});
