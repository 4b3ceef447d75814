import { describe, expect, it } from 'vitest';
import { joinInventory } from '../../../../main/engine/azure/join-inventory.ts';
import type { AzureVm } from '../../../../main/engine/ports/azure.ts';
import type { AzureMachineRecord } from '../../../../main/engine/ports/azure-records.ts';
import { fakePower, fakeVm } from '../../../support/fake-azure.ts';

const record = (vm: AzureVm): AzureMachineRecord => ({
  id: `id-${vm.name}`,
  vm,
  wanted: 'running',
  state: 'running',
  power: 'running',
  provisioning: 'Succeeded',
  billed: true,
  notice: null,
  createdAt: '2026-11-21T12:00:00.000Z',
});
const web = fakeVm('web');
const db = fakeVm('db');

describe('the two lists of a subscription', () => {
  it('are joined by ids in whichever case', () => {
    const spelled = { ...web, resourceId: web.resourceId.toUpperCase() };
    const { seen, appeared, missing } = joinInventory(
      [record(web)],
      { vms: [spelled], powers: [fakePower(web, 'stopped')] },
      [],
    );
    expect(seen).toMatchObject([{ id: 'id-web', vm: spelled, power: { state: 'stopped' } }]);
    expect([appeared, missing]).toEqual([[], []]);
  });

  it('bring in a machine of which only one of them knows, its state unknown', () => {
    expect(joinInventory([], { vms: [web], powers: [] }, []).appeared).toEqual([{ vm: web, power: null }]);
  });

  it('call nothing missing when the whole list was not read', () => {
    expect(joinInventory([record(web)], { vms: null, powers: [] }, []).missing).toEqual([]);
    expect(joinInventory([record(web)], { vms: [], powers: null }, []).missing).toEqual(['id-web']);
  });

  it('tell of a stranger among the powers, for the whole list to be read', () => {
    const powers = [fakePower(web, 'running'), fakePower(db, 'running')];
    expect(joinInventory([record(web)], { vms: null, powers }, []).hasStrangers).toBe(true);
    expect(joinInventory([record(web)], { vms: null, powers }, ['other']).hasStrangers).toBe(false);
    expect(joinInventory([record(web), record(db)], { vms: null, powers }, []).hasStrangers).toBe(false);
  });

  it('keep to the resource groups that are chosen, in whichever case', () => {
    const far = fakeVm('far', { group: 'Elsewhere' });
    const { appeared } = joinInventory([], { vms: [web, far], powers: [] }, ['SHOP']);
    expect(appeared.map(({ vm }) => vm.name)).toEqual(['web']);
  });

  it('tell a machine that was made anew under the same name from the one that was there', () => {
    const anew = { ...web, vmId: 'another' };
    const joined = joinInventory([record(web)], { vms: [anew], powers: [fakePower(web, 'running')] }, []);
    expect(joined).toMatchObject({ replaced: ['id-web'], appeared: [{ vm: anew }], seen: [], missing: [] });
  });
});
