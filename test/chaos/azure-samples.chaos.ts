import { expect, it } from 'vitest';
import { azureSampleRounds } from '../support/azure-sample-rounds.ts';
import { MemoryMetrics } from '../support/fake-ports.ts';

it('B40: 100 deaths around orders to one machine, three of ten requests failing: of the others at least 99.9 % of all minutes are known, none twice', async () => {
  const { deaths, expected, present, twice } = await azureSampleRounds({
    seed: 40,
    deaths: 100,
    machines: 20,
    faultShare: 0.3,
  });
  expect(deaths).toBe(100);
  expect(expected).toBeGreaterThan(10_000);
  expect(present / expected).toBeGreaterThanOrEqual(0.999);
  expect(twice).toBe(0);
});

it('B40 sees what is lost: an engine that does not look back to what the last one put down leaves holes or says things twice', async () => {
  const { expected, present, twice } = await azureSampleRounds({
    seed: 40,
    deaths: 8,
    machines: 5,
    faultShare: 0.3,
    metrics: new (class extends MemoryMetrics {
      override async newest() {
        return [];
      }
    })(),
  });
  expect(present / expected < 0.999 || twice > 0).toBe(true);
});
