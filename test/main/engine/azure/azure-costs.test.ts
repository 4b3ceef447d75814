import { describe, expect, it } from 'vitest';
import { Settings } from '../../../../main/contract/settings.ts';
import { createAzureCosts } from '../../../../main/engine/azure/azure-costs.ts';
import { engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { FakeAzure, fakeFault, fakeVm } from '../../../support/fake-azure.ts';
import { MemorySettings } from '../../../support/fake-ports.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const hourMs = 3_600_000;
const november = Date.parse('2026-11-01T00:00:00Z');
const first = '11111111-aaaa-4000-8000-000000000001';
const second = '22222222-aaaa-4000-8000-000000000002';
const [web, theirs] = [fakeVm('web'), fakeVm('theirs', { subscription: second })];

function rigAt(time: string) {
  const azure = new FakeAzure();
  const clock = new ManualClock(time);
  const changes: string[][] = [];
  const rig = { isSignedIn: true };
  const costs = createAzureCosts({
    azure,
    clock,
    log: { write: () => undefined },
    vms: () => [web, theirs],
    isSignedIn: () => rig.isSignedIn,
    changed: (keys) => changes.push([...keys]),
  });
  const charge = (amount: number, vm = web, since = november): void => {
    const charges = [{ key: vm.resourceId.toLowerCase(), amount, currency: 'EUR' }];
    azure.costs.set(vm.subscription, { ok: true, value: { since, charges } });
  };
  costs.begin();
  return { azure, clock, changes, costs, charge, rig };
}

describe('what a machine of Azure costs', () => {
  it('is asked for each subscription once in six hours, and told with its moment', async () => {
    const { azure, clock, changes, costs, charge } = rigAt('2026-11-21T12:00:00.000Z');
    charge(12.5);
    charge(7, theirs);
    expect(costs.of(web)).toBeNull();
    await clock.advance(60_000);
    expect(costs.of(web)).toEqual({
      amount: 12.5,
      currency: 'EUR',
      since: '2026-11-01',
      readAt: '2026-11-21T12:00:30.000Z',
    });
    expect(costs.of(theirs)?.amount).toBe(7);
    expect(costs.of(fakeVm('other'))).toBeNull();
    expect(changes).toEqual([[web.resourceId.toLowerCase()], [theirs.resourceId.toLowerCase()]]);
    await clock.advance(6 * hourMs - 120_000);
    expect(azure.costRounds).toEqual([first, second]);
    charge(13);
    await clock.advance(180_000);
    expect(azure.costRounds).toEqual([first, second, first, second]);
    expect(costs.of(web)?.amount).toBe(13);
    await costs.stop();
  });

  it('stays unknown without the right, and is not asked for again and again', async () => {
    const { azure, clock, costs } = rigAt('2026-11-21T12:00:00.000Z');
    await clock.advance(5 * hourMs);
    expect(costs.of(web)).toBeNull();
    expect(azure.costRounds).toEqual([first, second]);
    await costs.stop();
  });

  it('that cannot be read now keeps its last value with its moment, and is asked again after an hour', async () => {
    const { azure, clock, costs, charge } = rigAt('2026-11-21T12:00:00.000Z');
    charge(12.5);
    await clock.advance(60_000);
    azure.costs.set(first, { ok: false, fault: fakeFault('unavailable') });
    await clock.advance(6 * hourMs);
    expect(azure.costRounds.filter((each) => each === first)).toHaveLength(2);
    expect(costs.of(web)).toMatchObject({ amount: 12.5, readAt: '2026-11-21T12:00:30.000Z' });
    charge(14);
    await clock.advance(hourMs);
    expect(azure.costRounds.filter((each) => each === first)).toHaveLength(3);
    expect(costs.of(web)?.amount).toBe(14);
    await costs.stop();
  });

  it('is left alone for longer where Azure says so', async () => {
    const { azure, clock, costs } = rigAt('2026-11-21T12:00:00.000Z');
    azure.costs.set(first, { ok: false, fault: fakeFault('throttled', { retryAfterMs: 2 * hourMs }) });
    await clock.advance(1.9 * hourMs);
    expect(azure.costRounds.filter((each) => each === first)).toHaveLength(1);
    await clock.advance(0.2 * hourMs);
    expect(azure.costRounds.filter((each) => each === first)).toHaveLength(2);
    await costs.stop();
  });

  it('of the month before is never shown for this one', async () => {
    const { clock, changes, costs, charge } = rigAt('2026-11-30T23:30:00.000Z');
    charge(400);
    await clock.advance(60_000);
    expect(costs.of(web)?.amount).toBe(400);
    await clock.advance(30 * 60_000);
    expect(costs.of(web)).toBeNull();
    expect(changes.at(-1)).toEqual([web.resourceId.toLowerCase()]);
    charge(0.5, web, Date.parse('2026-12-01T00:00:00Z'));
    await clock.advance(6 * hourMs);
    expect(costs.of(web)).toMatchObject({ amount: 0.5, since: '2026-12-01' });
    await costs.stop();
  });

  it('is not asked for while nobody is signed in, and anew when somebody is', async () => {
    const { azure, clock, changes, costs, charge, rig } = rigAt('2026-11-21T12:00:00.000Z');
    rig.isSignedIn = false;
    charge(12.5);
    await clock.advance(hourMs);
    expect(azure.costRounds).toEqual([]);
    rig.isSignedIn = true;
    await clock.advance(60_000);
    expect(costs.of(web)?.amount).toBe(12.5);
    costs.forget();
    expect(costs.of(web)).toBeNull();
    expect(changes).toHaveLength(2);
    await clock.advance(60_000);
    expect(azure.costRounds).toHaveLength(4);
    expect(costs.of(web)?.amount).toBe(12.5);
    await costs.stop();
  });
});

it('a machine of the fleet tells what it cost, and listeners hear of it', async () => {
  const azure = new FakeAzure();
  const vm = azure.add('web');
  azure.add('unknown');
  const settings = new MemorySettings();
  settings.reading = { settings: Settings.parse({ azure: { sign_in: 'browser' } }), fault: null };
  const test = await engineUnderTest({ azure, settings });
  await test.engine.handlers['azure.refresh']({}, someone);
  const at = new Date(test.clock.wallNow());
  const since = Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1);
  const charges = [{ key: vm.resourceId.toLowerCase(), amount: 12.5, currency: 'EUR' }];
  azure.costs.set(vm.subscription, { ok: true, value: { since, charges } });
  const list = () => test.engine.handlers['machine.list']({}, someone);
  const told = async () => (await list()).map(({ name, azure: facts }) => [name, facts?.cost?.amount ?? null]);
  expect(await told()).toEqual([
    ['unknown', null],
    ['web', null],
  ]);
  await test.clock.advance(60_000);
  expect(await told()).toEqual([
    ['unknown', null],
    ['web', 12.5],
  ]);
});
