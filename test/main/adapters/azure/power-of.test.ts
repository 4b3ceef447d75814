import { describe, expect, it } from 'vitest';
import { powerOf } from '../../../../main/adapters/azure/power-of.ts';

const id = '/subscriptions/S/resourceGroups/RG/providers/Microsoft.Compute/virtualMachines/Web';
const codes = (...all: string[]) =>
  powerOf(
    id,
    all.map((code) => ({ code })),
  );

describe('the state of a machine of Azure', () => {
  it.each([
    ['starting', 'starting', true],
    ['running', 'running', true],
    ['stopping', 'stopping', true],
    ['stopped', 'stopped', true],
    ['deallocating', 'deallocating', false],
    ['deallocated', 'deallocated', false],
    ['creating', 'creating', false],
  ])('PowerState/%s is %s, paid for: %s', (word, state, billed) => {
    expect(codes('ProvisioningState/succeeded', `PowerState/${word}`)).toMatchObject({ state, power: word, billed });
  });

  it('is found by prefix and not by place, in whatever case', () => {
    expect(codes('powerstate/Running', 'ProvisioningState/updating').state).toBe('running');
  });

  it.each([
    [[]],
    [['ProvisioningState/succeeded']],
    [['PowerState/unknown']],
    [['PowerState/teleporting']],
    [['PowerState/']],
  ])('is unknown, and never down, when Azure says nothing that is understood: %j', (all) => {
    expect(codes(...all)).toMatchObject({ state: 'unknown', billed: null });
  });

  it('is suspended when it is deallocated and hibernated', () => {
    const power = codes('ProvisioningState/succeeded', 'PowerState/deallocated', 'HibernationState/Hibernated');
    expect(power).toMatchObject({ state: 'suspended', power: 'hibernated', billed: false });
  });

  it('runs although a change of it has failed', () => {
    const power = codes('ProvisioningState/failed/AllocationFailed', 'PowerState/running');
    expect(power).toMatchObject({ state: 'running', provisioning: 'failed', provisioningError: 'AllocationFailed' });
  });

  it('is being created while there is no word about power and Azure creates it', () => {
    expect(codes('ProvisioningState/creating/osProvisioningInProgress').state).toBe('creating');
    expect(powerOf(id, [], 'Creating').state).toBe('creating');
  });

  it('is joined by its id in lower case', () => {
    expect(codes('PowerState/running').key).toBe(id.toLowerCase());
  });

  it('tells when the last change ended, with whatever offset it is written', () => {
    const time = '2026-11-21T20:00:00.1234567+08:00';
    expect(powerOf(id, [{ code: 'ProvisioningState/succeeded', time }]).changedAt).toBe(
      Date.parse('2026-11-21T12:00:00.123Z'),
    );
    expect(powerOf(id, [{ code: 'ProvisioningState/succeeded', time: 'yesterday' }]).changedAt).toBeNull();
  });
});
