import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startAzureDouble } from '../support/azure-double/azure-double.ts';
import { compareShapes } from '../support/azure-double/payload-shape.ts';
import { tourSubscription } from '../support/azure-tour.ts';

const run = promisify(execFile);
const subscriptionId = process.env.VIGIL_AZURE_SMOKE ?? '';

/** The person's own sign-in with the Azure CLI; the token stays in this process. */
const credential = {
  async getToken(): Promise<{ token: string; expiresOnTimestamp: number }> {
    const asked = ['account', 'get-access-token', '--output', 'json', '--subscription', subscriptionId];
    const { stdout } = await run(process.platform === 'win32' ? 'az.cmd' : 'az', asked, { timeout: 60_000 });
    const { accessToken, expires_on } = JSON.parse(stdout) as { accessToken: string; expires_on?: number };
    // Older ones say it in local time only; the look is over long before any token is.
    return {
      token: accessToken,
      expiresOnTimestamp: expires_on === undefined ? Date.now() + 300_000 : expires_on * 1000,
    };
  },
};

test('a subscription of one’s own is read, and answers in the shapes that the stand-in has', async () => {
  expect(subscriptionId, 'VIGIL_AZURE_SMOKE names the subscription').toMatch(/^[0-9a-f-]{36}$/i);
  const real = await tourSubscription({ credential, subscriptionId });

  const azure = await startAzureDouble();
  try {
    const subscription = azure.world.addSubscription();
    subscription.addMachine({ tags: { a: '1' } });
    const ours = await tourSubscription({
      credential: azure.credential(),
      subscriptionId: subscription.id,
      endpoint: azure.origin,
      metricsEndpoint: () => azure.origin,
      ca: azure.ca,
    });
    const { shapes, ...found } = real;
    console.log(JSON.stringify(found, null, 2));
    for (const kind of ['status', 'machine', 'view', 'metrics'] as const)
      console.log(`${kind}: the service against the stand-in`, compareShapes(ours.shapes[kind], shapes[kind], {}));
  } finally {
    await azure.close();
  }
  expect(real.unmatched).toBe(0);
  if (real.machines === 0) console.warn('There is no machine in that subscription, so little was compared.');
});
