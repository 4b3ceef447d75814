import { faultOf } from '../../main/adapters/azure/fault-of.ts';
import { createInventory } from '../../main/adapters/azure/inventory.ts';
import { troubleOf } from '../../main/adapters/azure/trouble-of.ts';
import type { AzureVm } from '../../main/engine/ports/azure.ts';
import { azureAgainstDouble, settingsAgainstDouble } from '../support/azure-against-double.ts';
import { type AzureDouble, startAzureDouble } from '../support/azure-double/azure-double.ts';
import { armLimits, computeLimits } from '../support/azure-double/limits.ts';
import { monitorClients } from '../support/azure-double/monitor-clients.ts';
import { companyInAzure } from '../support/company-in-azure.ts';
import { engineUnderTest, someone } from '../support/engine-under-test.ts';
import { eventually } from '../support/eventually.ts';
import { insightAgainstDouble, noStop } from '../support/insight-against-double.ts';
import type { Contest, Lane } from './lane.ts';

const machines = 1000;
const minutes = 5;
const appearMs = 5000;

/** What a fleet in Azure costs of the patience that Azure has: its requests, counted at the stand-in. */
export const azureLanes: readonly Lane[] = [
  {
    id: 'azure',
    area: 'azure',
    title: `requests in ${minutes} minutes for ${machines} machines: power states every minute, metrics once`,
    reference: 'a view of its instance and its metrics from each machine by itself',
    goal: { atMost: 1 / 40 },
    unit: 'requests',
    rounds: 3,
    warmUps: 0,
    limitMs: 300_000,
    open: openCount,
  },
  {
    id: 'azure',
    area: 'azure',
    title: 'from the begin of a sign-in to the sixty machines of two subscriptions in the fleet',
    reference: `${appearMs} ms: the goal itself`,
    goal: { atMost: 1 },
    unit: 'ms',
    rounds: 7,
    warmUps: 1,
    limitMs: 300_000,
    open: async () => ({
      ours: sixtyAppear,
      reference: async () => appearMs,
      close: async () => undefined,
    }),
  },
];

/** By the real engine, adapter and libraries, each time from nothing. The person's browser answers at once. */
async function sixtyAppear(): Promise<number> {
  const { double } = await companyInAzure();
  const rig = await azureAgainstDouble(double, { isSignedIn: false });
  const settings = settingsAgainstDouble(rig, {});
  const { engine } = await engineUnderTest({ settings, real: { azure: rig.azure, clock: double.clock } });
  try {
    const begun = performance.now();
    const { id } = await engine.handlers['azure.sign-in']({ way: 'browser' }, someone);
    await engine.handlers['azure.sign-in-wait']({ id }, someone);
    await eventually(
      'sixty machines',
      async () => (await engine.handlers['machine.list']({}, someone)).length === 60,
      60_000,
    );
    return performance.now() - begun;
  } finally {
    await engine.stop();
    await rig.close();
    await double.close();
  }
}

async function openCount(): Promise<Contest> {
  const azure = await startAzureDouble();
  const subscription = azure.world.addSubscription();
  for (let index = 0; index < machines; index += 1) subscription.addMachine({ name: `vm-${index}` });
  const rig = insightAgainstDouble(azure);
  const inventory = createInventory({
    clients: rig.clients,
    homeTenant: async () => azure.world.homeTenant.id,
    faultOf: (error, signal) =>
      faultOf(troubleOf(error, { signal, clockAheadMs: null, wallNowMs: azure.clock.wallNow() })),
  });
  const vms = azure.world.machines.map((machine) => rig.vm(machine));
  const [first] = vms;
  if (first === undefined) throw new Error('there is no machine');
  let [lists, batches] = [0, 0];

  const metricsOf = async (some: readonly AzureVm[]): Promise<void> => {
    const answers = await rig.insight.metrics(some, azure.clock.wallNow() - 600_000, noStop);
    const missing = some.filter(({ resourceId }) => answers.get(resourceId.toLowerCase())?.ok !== true);
    if (missing.length > 0) throw new Error(`${missing.length} machines were not measured`);
  };
  const powers = async (): Promise<void> => {
    const answer = await inventory.powers(first, noStop);
    if (!answer.ok || answer.value.length !== machines)
      throw new Error('the power states are not those of all machines');
  };
  const refuseThrottled = (from: number): void => {
    const throttled = azure.requests.slice(from).filter(({ status }) => status === 429).length;
    if (throttled > 0) throw new Error(`${throttled} requests were throttled`);
  };
  return {
    ours: async () => {
      const from = azure.requests.length;
      for (let minute = 0; minute < minutes; minute += 1) await powers();
      lists = azure.requests.length - from;
      await metricsOf(vms);
      batches = azure.requests.slice(from).filter(({ path }) => /getBatch$/i.test(path)).length;
      refuseThrottled(from);
      return azure.requests.length - from;
    },
    // Counted for one machine: a thousand of them would be throttled long before they were through.
    reference: async () => {
      const from = azure.requests.length;
      const answer = await inventory.look(first, false, noStop);
      if (!answer.ok) throw new Error(answer.fault.message);
      const looks = azure.requests.length - from;
      await askOneByItself(azure, first);
      const measures = azure.requests.length - from - looks;
      return machines * (looks * minutes + measures);
    },
    notes: () => arithmetic(lists, batches),
    close: () => azure.close(),
  };
}

async function askOneByItself(azure: AzureDouble, vm: AzureVm): Promise<void> {
  await monitorClients(azure, vm.subscription).monitor.metrics.list(vm.resourceId, { metricnames: 'Percentage CPU' });
}

function arithmetic(lists: number, batches: number): readonly string[] {
  const seconds = minutes * 60;
  const reads = armLimits.reads.perSecond * seconds;
  const [list] = computeLimits['vm-list'];
  const allowedLists = Math.round((list?.perSecond ?? 0) * seconds);
  const singly = machines;
  return [
    `${lists} pages of power states (${minutes} rounds of ${lists / minutes} pages of 50) of the ${allowedLists} lists and ${reads} reads that Azure grants a subscription in ${minutes} minutes: ${share(lists, allowedLists)} and ${share(lists, reads)}.`,
    `${batches} batches of metrics (1000 / 50), at a host of its own; where rights allow single machines only, ${singly} reads instead: ${share(singly + lists, reads)} of the reads.`,
    'Beside these go the machines in full every ten minutes and two lists of their addresses every five, each in pages.',
  ];
}

function share(part: number, whole: number): string {
  return `${Math.round((part / whole) * 1000) / 10} %`;
}
