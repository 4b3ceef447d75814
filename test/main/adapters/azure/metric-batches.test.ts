import { describe, expect, it } from 'vitest';
import { mostInBatch, planBatches } from '../../../../main/adapters/azure/metric-batches.ts';
import type { AzureVm } from '../../../../main/engine/ports/azure.ts';
import { fakeVm } from '../../../support/fake-azure.ts';

const many = (count: number, parts: Partial<AzureVm> = {}): readonly AzureVm[] =>
  Array.from({ length: count }, (_, index) => fakeVm(`vm-${index}`, parts));
const names = (): readonly string[] => ['Percentage CPU'];

describe('batches of machines for one call', () => {
  it('have at most as many machines as Azure takes, and each machine once', () => {
    const vms = many(1000);
    const batches = planBatches(vms, names);
    expect(batches).toHaveLength(20);
    expect(Math.max(...batches.map((batch) => batch.vms.length))).toBe(mostInBatch);
    expect(new Set(batches.flatMap((batch) => batch.vms)).size).toBe(1000);
  });

  it('are of one subscription, one region and one set of metrics', () => {
    const vms = [
      ...many(3),
      ...many(2, { region: 'northeurope' }),
      ...many(2, { subscription: '22222222-aaaa-4000-8000-000000000002' }),
      ...many(2, { size: 'Basic_A0' }),
    ];
    const batches = planBatches(vms, ({ size }) => (size === 'Basic_A0' ? ['Network In Total'] : names()));
    expect(batches.map((batch) => batch.vms.length).sort()).toEqual([2, 2, 2, 3]);
    for (const batch of batches) {
      expect(new Set(batch.vms.map(({ region, subscription, size }) => `${region} ${subscription} ${size}`)).size).toBe(
        1,
      );
    }
  });

  it('leave out machines of which it is not known what they tell', () => {
    expect(planBatches(many(3), () => null)).toEqual([]);
    expect(planBatches(many(3), () => [])).toEqual([]);
  });
});
