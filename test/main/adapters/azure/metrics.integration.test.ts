import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AzureMinute } from '../../../../main/engine/ports/azure-insight.ts';
import { recordActivity } from '../../../support/azure-double/activity.ts';
import { type AzureDouble, startAzureDouble } from '../../../support/azure-double/azure-double.ts';
import type { AzureMachine } from '../../../support/azure-double/machine.ts';
import type { AzureSubscription } from '../../../support/azure-double/subscription.ts';
import { type InsightAgainstDouble, insightAgainstDouble, noStop } from '../../../support/insight-against-double.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const minuteMs = 60_000;

let azure: AzureDouble & { readonly clock: ManualClock };
let subscription: AzureSubscription;
let rig: InsightAgainstDouble;

beforeEach(async () => {
  azure = await startAzureDouble({ clock: new ManualClock('2026-11-21T12:00:30.000Z') });
  subscription = azure.world.addSubscription();
  rig = insightAgainstDouble(azure);
});
afterEach(() => azure.close());

const ask = (machines: readonly AzureMachine[], minutes = 8) =>
  rig.insight.metrics(
    machines.map((each) => rig.vm(each)),
    azure.clock.wallNow() - minutes * minuteMs,
    noStop,
  );
const called = (part: RegExp): number => azure.requests.filter(({ path }) => part.test(path)).length;
const at = ({ atMs }: AzureMinute): string => new Date(atMs).toISOString().slice(11, 16);

test('many machines of a region are asked for in one call, in our units, and at the time of the minute', async () => {
  const machines = Array.from({ length: 60 }, (_, index) => subscription.addMachine({ name: `vm-${index}` }));
  const [first] = machines as [AzureMachine];
  first.metrics.set('percentage cpu', 12.345);
  first.metrics.set('available memory percentage', 60);
  first.metrics.set('disk read bytes', 6_000_000);
  first.metrics.set('disk write bytes', 0);
  first.metrics.set('network in total', 120);
  first.metrics.set('network out total', 90);

  const answers = await ask(machines);
  expect(answers.size).toBe(60);
  const answer = answers.get(first.id.toLowerCase());
  const minutes = answer?.ok === true ? answer.value : [];
  // 12:00:30: the minute that ended at 11:58 is still settling, those after it are not there.
  expect(minutes.map(at)).toEqual(['11:53', '11:54', '11:55', '11:56', '11:57', '11:58']);
  expect(minutes[0]?.values).toEqual({
    cpuPercent: 12.35,
    memoryPercent: 40,
    diskReadBytesPerSecond: 100_000,
    diskWriteBytesPerSecond: 0,
    networkInBytesPerSecond: 2,
    networkOutBytesPerSecond: 2,
  });
  expect(called(/metrics:getBatch$/i)).toBe(2);
  expect(called(/metricDefinitions$/i)).toBe(1);

  await ask(machines);
  expect(called(/metricDefinitions$/i)).toBe(1);
});

test('regions and sizes are asked for apart, since one call takes one region and sizes differ in what they tell', async () => {
  const old = subscription.addMachine({ name: 'old', size: 'Basic_A0' });
  old.missingMetrics.add('available memory percentage');
  const machines = [
    subscription.addMachine({ name: 'a' }),
    old,
    subscription.addMachine({ name: 'b', region: 'northeurope' }),
  ];
  const answers = await ask(machines);
  expect(called(/metrics:getBatch$/i)).toBe(3);
  expect(called(/metricDefinitions$/i)).toBe(3);
  const ofOld = answers.get(old.id.toLowerCase());
  expect(ofOld?.ok === true && ofOld.value[0]?.values.memoryPercent).toBeNull();
  expect(ofOld?.ok === true && ofOld.value[0]?.values.cpuPercent).toBeGreaterThan(0);
  const asked = azure.requests
    .filter(({ path }) => /getBatch$/i.test(path))
    .map(({ query }) => query.get('metricnames'));
  expect(asked.filter((names) => names?.includes('Available Memory Percentage'))).toHaveLength(2);
});

test('with rights on the machines alone each is asked for by itself, and the batch is not tried again for an hour', async () => {
  subscription.rights = 'machines-only';
  const machines = [subscription.addMachine({ name: 'a' }), subscription.addMachine({ name: 'b' })];
  const answers = await ask(machines);
  expect([...answers.values()].map((answer) => answer.ok && answer.value.length)).toEqual([6, 6]);
  expect(called(/metrics:getBatch$/i)).toBe(1);
  expect(called(/\/metrics$/i)).toBe(2);
  await ask(machines);
  expect(called(/metrics:getBatch$/i)).toBe(1);
  expect(called(/\/metrics$/i)).toBe(4);
});

test('a machine that the batch leaves out without a word is asked for by itself', async () => {
  const machines = [subscription.addMachine({ name: 'a' }), subscription.addMachine({ name: 'b' })];
  azure.world.batchLeavesOut.add((machines[1] as AzureMachine).id.toLowerCase());
  const answers = await ask(machines);
  expect([...answers.values()].map((answer) => answer.ok && answer.value.length)).toEqual([6, 6]);
  expect(called(/\/metrics$/i)).toBe(1);
});

test('minutes without a value are left out, a zero is a value, and a machine that was off has no minute at all', async () => {
  const gappy = subscription.addMachine({ name: 'gappy' });
  for (const name of ['available memory percentage', 'disk read bytes', 'disk write bytes', 'network in total'])
    gappy.metrics.set(name, null);
  gappy.metrics.set('network out total', null);
  gappy.metrics.set('percentage cpu', (minute) => (minute % 60 === 54 ? null : 0));
  const off = subscription.addMachine({ name: 'off', powerState: 'deallocated' });
  const answers = await ask([gappy, off]);
  const minutes = answers.get(gappy.id.toLowerCase());
  expect(minutes?.ok === true && minutes.value.map(at)).toEqual(['11:53', '11:54', '11:56', '11:57', '11:58']);
  expect(minutes?.ok === true && minutes.value[0]?.values.cpuPercent).toBe(0);
  expect(answers.get(off.id.toLowerCase())).toEqual({ ok: true, value: [] });
});

test('what fails for one subscription costs that one, with a sentence', async () => {
  const closed = azure.world.addSubscription();
  closed.rights = 'nothing';
  const mine = subscription.addMachine({ name: 'mine' });
  const theirs = closed.addMachine({ name: 'theirs' });
  const answers = await ask([mine, theirs]);
  expect(answers.get(mine.id.toLowerCase())).toMatchObject({ ok: true });
  expect(answers.get(theirs.id.toLowerCase())).toMatchObject({ ok: false, fault: { kind: 'forbidden' } });
});

test('addresses come from the interfaces of a subscription, the public one where there is one', async () => {
  const open = subscription.addMachine({ name: 'open', publicAddress: '203.0.113.7' });
  const inside = subscription.addMachine({ name: 'inside' });
  const answer = await rig.insight.addresses(rig.vm(open), noStop);
  expect(answer).toEqual({
    ok: true,
    value: [
      { key: open.id.toLowerCase(), publicAddress: '203.0.113.7', privateAddress: '10.0.0.4' },
      { key: inside.id.toLowerCase(), publicAddress: null, privateAddress: '10.0.0.4' },
    ],
  });
});

test('the platform has an opinion of its own, and says who brought it about', async () => {
  const machine = subscription.addMachine({ name: 'web' });
  const opinion = () => rig.insight.opinion(rig.vm(machine), azure.clock.wallNow() - 3_600_000, noStop);
  expect(await opinion()).toMatchObject({ ok: true, value: { state: 'available', broughtAboutBy: null } });
  machine.health = {
    state: 'Unavailable',
    reasonType: 'Planned',
    summary: 'A planned maintenance of the host is under way.',
    isByUser: false,
  };
  expect(await opinion()).toMatchObject({
    ok: true,
    value: { state: 'unavailable', broughtAboutBy: 'platform', summary: /planned maintenance/ },
  });
  machine.health = null;
  machine.setPower('stopped');
  expect(await opinion()).toMatchObject({ ok: true, value: { state: 'unavailable', broughtAboutBy: 'somebody' } });
});

test('the log of Azure names what others did, newest first, as far as it was asked for', async () => {
  const machine = subscription.addMachine({ name: 'web' });
  const now = azure.clock.wallNow();
  const act = (minutes: number, verb: string) =>
    recordActivity(subscription, {
      at: now - minutes * minuteMs,
      resourceId: machine.id,
      group: machine.group,
      operation: `Microsoft.Compute/virtualMachines/${verb}/action`,
      status: 'Succeeded',
      caller: 'ann@contoso.com',
    });
  act(120, 'deallocate');
  act(30, 'start');
  act(20, 'restart');
  const answer = await rig.insight.activities(rig.vm(machine), now - 60 * minuteMs, noStop);
  expect(answer.ok && answer.value.map(({ operation }) => operation.split('/')[2])).toEqual(['restart', 'start']);
  expect(answer).toMatchObject({ ok: true, value: [{ caller: 'ann@contoso.com', category: 'Administrative' }, {}] });
});

test('the end of the console log is read without handing the token to its store', async () => {
  const machine = subscription.addMachine({ name: 'web' });
  machine.serialLog = `${'x'.repeat(100_000)}Kernel panic - not syncing\n`;
  const answer = await rig.insight.bootLog(rig.vm(machine), 1024, noStop);
  expect(answer).toEqual({ ok: true, value: expect.any(String) });
  expect(answer.ok && answer.value.length).toBe(1024);
  expect(answer.ok && answer.value.endsWith('Kernel panic - not syncing\n')).toBe(true);
  const fetched = azure.requests.find(({ path }) => path.startsWith('/bootdiagnostics/'));
  expect(fetched?.headers.authorization).toBeUndefined();

  const bare = subscription.addMachine({ name: 'bare', hasBootDiagnostics: false });
  expect(await rig.insight.bootLog(rig.vm(bare), 1024, noStop)).toMatchObject({ ok: false });
});

test('a page that comes in the place of a console log is not shown: it may quote the address that opens the store', async () => {
  const machine = subscription.addMachine({ name: 'web' });
  azure.world.scriptFault({ path: /^\/bootdiagnostics\// }, { kind: 'html', status: 200 });
  expect(await rig.insight.bootLog(rig.vm(machine), 1024, noStop)).toMatchObject({
    ok: false,
    fault: { kind: 'garbled', message: expect.stringContaining('console log') },
  });
});

test('the picture of the screen comes as a PNG with the moment at which the platform took it, fetched without the token', async () => {
  const machine = subscription.addMachine({ name: 'web' });
  const answer = await rig.insight.bootScreen(rig.vm(machine), 100_000, noStop);
  expect(answer).toMatchObject({
    ok: true,
    value: { width: 160, height: 100, at: Date.parse('2026-11-21T12:00:30Z') },
  });
  const png = Buffer.from(answer.ok ? answer.value.png : '', 'base64');
  expect(png.toString('latin1', 1, 4)).toBe('PNG');
  expect(answer.ok && answer.value.bytes).toBe(png.length);
  const fetched = azure.requests.find(({ path }) => path.endsWith('.screenshot.bmp'));
  expect(fetched?.headers.authorization).toBeUndefined();

  machine.screenshot = Buffer.from('<html>Sign in to the network of this hotel</html>');
  expect(await rig.insight.bootScreen(rig.vm(machine), 100_000, noStop)).toMatchObject({
    ok: false,
    fault: { kind: 'refused', message: expect.stringContaining('none that Vigil can read') },
  });
  machine.screenshot = Buffer.alloc(25 * 1024 * 1024);
  expect(await rig.insight.bootScreen(rig.vm(machine), 100_000, noStop)).toMatchObject({
    ok: false,
    fault: { message: expect.stringContaining('too large') },
  });
  const bare = subscription.addMachine({ name: 'bare', hasBootDiagnostics: false });
  expect(await rig.insight.bootScreen(rig.vm(bare), 100_000, noStop)).toMatchObject({
    ok: false,
    fault: { message: expect.stringContaining('Boot diagnostics is not enabled') },
  });
});

test('an address that leads elsewhere than to the stores of the cloud is not fetched', async () => {
  const machine = subscription.addMachine({ name: 'web' });
  const strict = insightAgainstDouble(azure, { isOwnStore: () => false });
  for (const asked of [
    strict.insight.bootScreen(rig.vm(machine), 100_000, noStop),
    strict.insight.bootLog(rig.vm(machine), 1024, noStop),
  ]) {
    expect(await asked).toMatchObject({ ok: false, fault: { kind: 'garbled' } });
  }
  expect(called(/^\/bootdiagnostics\//)).toBe(0);
});
