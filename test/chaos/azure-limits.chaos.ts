import { randomUUID } from 'node:crypto';
import { MonitorClient } from '@azure/arm-monitor';
import { expect, it } from 'vitest';
import { faultOf } from '../../main/adapters/azure/fault-of.ts';
import { createInventory } from '../../main/adapters/azure/inventory.ts';
import { createOrders } from '../../main/adapters/azure/orders.ts';
import { troubleOf } from '../../main/adapters/azure/trouble-of.ts';
import type { StopSignal } from '../../main/contract/stop-signal.ts';
import { type AzureDouble, startAzureDouble } from '../support/azure-double/azure-double.ts';
import { clientOptions } from '../support/azure-double/client-options.ts';
import { insightAgainstDouble, noStop } from '../support/insight-against-double.ts';

const machines = 200;
const neighbour = 0.7;
const intervalMs = 20_000;

type Double = Awaited<ReturnType<typeof startAzureDouble>>;

async function crowded(): Promise<Double> {
  const azure = await startAzureDouble();
  // Rights on the machines alone: no batches, every machine is asked for by itself.
  const subscription = azure.world.addSubscription();
  subscription.rights = 'machines-only';
  for (let index = 0; index < machines; index += 1) subscription.addMachine({ name: `vm-${index}` });
  azure.world.noisyNeighbour(neighbour, subscription);
  return azure;
}

const refused = ({ requests }: AzureDouble): number => requests.filter(({ status }) => status === 429).length;
const early = ({ requests }: AzureDouble): number => requests.filter(({ isTooEarly }) => isTooEarly).length;

it('B39: 200 machines, a minute, a neighbour who takes 70 %: 429 for at most 1 % of the calls, none within a wait, a cure leaves within 5 s', async () => {
  const azure = await crowded();
  try {
    const rig = insightAgainstDouble(azure);
    const { clients } = rig;
    const fault = (error: unknown, signal: StopSignal) =>
      faultOf(troubleOf(error, { signal, clockAheadMs: null, wallNowMs: azure.clock.wallNow() }));
    const inventory = createInventory({ clients, faultOf: fault, homeTenant: async () => azure.world.homeTenant.id });
    const orders = createOrders({ clients, faultOf: fault });
    const vms = azure.world.machines.map((machine) => rig.vm(machine));
    const [first] = vms;
    if (first === undefined) throw new Error('there is no machine');
    const powersAt: number[] = [];
    const measured = new Map<string, number>();
    const begun = performance.now();
    const isOver = (): boolean => performance.now() - begun > 60_000;
    const powers = async (): Promise<void> => {
      while (!isOver()) {
        const answer = await inventory.powers(first, noStop);
        if (answer.ok && answer.value.length === machines) powersAt.push(performance.now() - begun);
        await new Promise((resolve) => setTimeout(resolve, intervalMs / 4));
      }
    };
    const metrics = async (): Promise<void> => {
      while (!isOver()) {
        const answers = await rig.insight.metrics(vms, azure.clock.wallNow() - 300_000, noStop);
        for (const [key, { ok }] of answers) if (ok) measured.set(key, performance.now() - begun);
      }
    };
    const cures = async (): Promise<readonly number[]> => {
      const delays: number[] = [];
      for (const index of [3, 77, 150]) {
        await new Promise((resolve) => setTimeout(resolve, 12_000));
        const vm = vms[index];
        if (vm === undefined) continue;
        const [before, decided] = [azure.requests.length, azure.clock.monotonicNow()];
        const sent = await orders.send({ id: randomUUID(), vm, act: { verb: 'restart' }, urgent: true }, noStop);
        expect(sent.kind).toBe('accepted');
        const post = azure.requests
          .slice(before)
          .find(({ method, path }) => method === 'POST' && /restart$/.test(path));
        delays.push((post?.monotonicAt ?? Number.POSITIVE_INFINITY) - decided);
      }
      return delays;
    };
    const [delays] = await Promise.all([cures(), powers(), metrics()]);
    const calls = azure.requests.length;
    console.log(
      `B39: ${calls} calls, ${refused(azure)} with 429, ${early(azure)} within a wait, cures after ${delays.map((ms) => Math.round(ms)).join(', ')} ms, ${powersAt.length} lists of power states`,
    );
    expect(calls).toBeGreaterThan(300);
    expect(refused(azure) / calls).toBeLessThanOrEqual(0.01);
    expect(early(azure)).toBe(0);
    expect(Math.max(...delays)).toBeLessThanOrEqual(5000);
    expect(measured.size).toBe(machines);
    const gaps = powersAt.map((at, index) => at - (powersAt[index - 1] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(2 * intervalMs);
  } finally {
    await azure.close();
  }
});

it('B39, control: the waiting that each call of the library does by itself is refused more often and comes too early', async () => {
  const azure = await crowded();
  try {
    const [subscription] = azure.world.subscriptions;
    if (subscription === undefined) throw new Error('there is no subscription');
    const monitor = new MonitorClient(azure.credential(), subscription.id, clientOptions(azure, { maxRetries: 3 }));
    const ids = azure.world.machines.map(({ id }) => id);
    const begun = performance.now();
    const worker = async (from: number): Promise<void> => {
      for (let at = from; performance.now() - begun < 20_000; at += 16) {
        const id = ids[at % ids.length] ?? '';
        await monitor.metrics.list(id, { metricnames: 'Percentage CPU' }).catch(() => undefined);
      }
    };
    await Promise.all(Array.from({ length: 16 }, (_, index) => worker(index)));
    const calls = azure.requests.length;
    console.log(`B39, control: ${calls} calls, ${refused(azure)} with 429, ${early(azure)} within a wait`);
    expect(refused(azure) / calls).toBeGreaterThan(0.01);
  } finally {
    await azure.close();
  }
});
