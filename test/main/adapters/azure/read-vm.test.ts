import { describe, expect, it } from 'vitest';
import { readVm } from '../../../../main/adapters/azure/read-vm.ts';

const scope = { subscription: '11111111-aaaa-4000-8000-000000000001', tenant: 't' };
const id = `/SUBSCRIPTIONS/${scope.subscription.toUpperCase()}/resourcegroups/Shop-RG/providers/microsoft.compute/virtualMachines/WEB-1`;

describe('a machine as Azure describes it', () => {
  it('is read whatever the case of its id', () => {
    expect(readVm({ id, name: 'web-1', location: 'West Europe' }, scope)).toMatchObject({
      resourceId: id,
      group: 'Shop-RG',
      name: 'web-1',
      region: 'westeurope',
    });
  });

  it('has nulls where Azure says nothing, and never zeros', () => {
    expect(readVm({ id }, scope)).toMatchObject({
      vmId: null,
      size: null,
      os: null,
      osDisk: null,
      diskMib: null,
      provisioning: null,
      tags: {},
    });
  });

  it('keeps its console where boot diagnostics are on, and nowhere else', () => {
    const of = (enabled: boolean | undefined) =>
      readVm({ id, diagnosticsProfile: { bootDiagnostics: { enabled } } }, scope)?.keepsConsole;
    expect([of(true), of(false), of(undefined), readVm({ id }, scope)?.keepsConsole]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it.each([undefined, '', '/', '/subscriptions/x', `${id}/extensions/agent`, id.replace('virtualMachines', 'disks')])(
    'is none without an id that names one: %s',
    (other) => {
      expect(readVm({ id: other }, scope)).toBeNull();
    },
  );

  it('is none of ours when its id names another subscription', () => {
    expect(readVm({ id: id.replace(/0001/i, '0002') }, scope)).toBeNull();
  });

  it('keeps tags of any sort without letting them grow', () => {
    const tags = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, 'v'.repeat(2000)]));
    const read = readVm({ id, tags }, scope)?.tags ?? {};
    expect(Object.keys(read)).toHaveLength(64);
    expect(read.k0).toHaveLength(512);
  });
});
