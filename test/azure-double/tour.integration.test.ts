import { expect, test } from 'vitest';
import { startAzureDouble } from '../support/azure-double/azure-double.ts';
import { tourSubscription } from '../support/azure-tour.ts';

test('the look at a person’s own subscription only reads, and finds what is there', async () => {
  const azure = await startAzureDouble();
  try {
    const subscription = azure.world.addSubscription();
    subscription.addMachine({ name: 'web' });
    subscription.addMachine({ powerState: 'deallocated' });
    subscription.addMachine().isPowerInStatusList = false;
    azure.clock.advance(3_600_000);
    azure.clock.skewMs = -3_600_000;

    const tour = await tourSubscription({
      credential: azure.credential(),
      subscriptionId: subscription.id,
      endpoint: azure.origin,
      metricsEndpoint: () => azure.origin,
      ca: azure.ca,
    });

    expect(tour).toMatchObject({
      machines: 3,
      powers: { running: 1, deallocated: 1, none: 1 },
      unmatched: 0,
      batch: 200,
    });
    expect(tour.remaining.length).toBeGreaterThan(0);
    expect(JSON.stringify(tour)).not.toContain('web');
    const written = azure.requests.filter(
      ({ method, path }) => method !== 'GET' && !path.endsWith('/metrics:getBatch'),
    );
    expect(written).toEqual([]);
    expect(new Set(azure.requests.map(({ status }) => status))).toEqual(new Set([200]));
  } finally {
    await azure.close();
  }
});
