import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AzureScope } from '../../../../main/engine/ports/azure.ts';
import { type AzureDouble, startAzureDouble } from '../../../support/azure-double/azure-double.ts';
import type { AzureSubscription } from '../../../support/azure-double/subscription.ts';
import { type InsightAgainstDouble, insightAgainstDouble, noStop } from '../../../support/insight-against-double.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

let azure: AzureDouble & { readonly clock: ManualClock };
let subscription: AzureSubscription;
let rig: InsightAgainstDouble;

beforeEach(async () => {
  azure = await startAzureDouble({ clock: new ManualClock('2026-11-21T12:00:30.000Z') });
  subscription = azure.world.addSubscription();
  rig = insightAgainstDouble(azure);
});
afterEach(() => azure.close());

const scopeOf = ({ id, tenantId }: AzureSubscription): AzureScope => ({ subscription: id, tenant: tenantId });
const costs = (of = subscription) => rig.insight.costs(scopeOf(of), noStop);
const query = { method: 'POST', path: /Microsoft\.CostManagement\/query$/ } as const;
const asked = (): number => azure.requests.filter(({ path }) => query.path.test(path)).length;
const answer = (properties: unknown) => ({ kind: 'answer' as const, answer: { status: 200, body: { properties } } });
const columns = [{ name: 'PreTaxCost' }, { name: 'ResourceId' }, { name: 'Currency' }];
const november = Date.parse('2026-11-01T00:00:00Z');

describe('the costs of a subscription', () => {
  it('are a sum for each machine of what was charged to itself, in the currency of the bill', async () => {
    const web = subscription.addMachine({ name: 'Web' });
    const free = subscription.addMachine({ name: 'free' });
    subscription.addMachine({ name: 'uncharged' });
    subscription.charge(web, 10.1);
    subscription.charge(web, 0.2);
    subscription.charge(web, 99, 'EUR', 'microsoft.compute/disks');
    subscription.charge(free, 0);
    const other = azure.world.addSubscription();
    const theirs = other.addMachine({ name: 'theirs' });
    other.charge(theirs, -3.5, 'USD');

    expect(await costs()).toEqual({
      ok: true,
      value: {
        since: november,
        charges: [
          { key: web.id.toLowerCase(), amount: 10.3, currency: 'EUR' },
          { key: free.id.toLowerCase(), amount: 0, currency: 'EUR' },
        ],
      },
    });
    expect(await costs(other)).toEqual({
      ok: true,
      value: { since: november, charges: [{ key: theirs.id.toLowerCase(), amount: -3.5, currency: 'USD' }] },
    });
    expect(asked()).toBe(2);
  });

  it('are read page by page, each with the whole question', async () => {
    azure.world.pageSize = 2;
    for (let index = 0; index < 5; index += 1) subscription.charge(subscription.addMachine(), index + 1);
    const read = await costs();
    expect(read.ok && read.value.charges.map(({ amount }) => amount)).toEqual([1, 2, 3, 4, 5]);
    expect(asked()).toBe(3);
  });

  it('are found by the names of their columns, wherever these stand', async () => {
    const { id } = subscription.addMachine();
    const mixed = [{ name: 'Currency' }, { name: 'New' }, { name: 'ResourceId' }, { name: 'PreTaxCost' }];
    azure.world.scriptFault(query, answer({ columns: mixed, rows: [['USD', 7, id, 1.5]] }));
    expect(await costs()).toMatchObject({
      ok: true,
      value: { charges: [{ key: id.toLowerCase(), amount: 1.5, currency: 'USD' }] },
    });
  });

  it('of a machine are not known where one of its lines cannot be read or added', async () => {
    const [good, word, two, money] = ['good', 'word', 'two', 'money'].map(
      (name) => subscription.addMachine({ name }).id,
    );
    const rows = [
      [1, good, 'EUR'],
      [2, word, 'EUR'],
      ['much', word, 'EUR'],
      [1, two, 'EUR'],
      [1, two, 'USD'],
      [1, money, 'gold coins'],
      [1, '/subscriptions/x/resourceGroups/y/providers/Microsoft.Storage/storageAccounts/z', 'EUR'],
      [1, null, 'EUR'],
      'garbage',
    ];
    azure.world.scriptFault(query, answer({ columns, rows }));
    expect(await costs()).toMatchObject({ ok: true, value: { charges: [{ key: good?.toLowerCase(), amount: 1 }] } });
  });

  it('are unknown, not nothing, where the account has no right to see them', async () => {
    const web = subscription.addMachine();
    subscription.charge(web, 10);
    subscription.rights = 'machines-only';
    expect(await costs()).toMatchObject({ ok: false, fault: { kind: 'forbidden' } });
    azure.world.scriptFault(query, {
      kind: 'answer',
      answer: { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'No.' } } },
    });
    expect(await costs()).toMatchObject({ ok: false, fault: { kind: 'forbidden' } });
  });

  it('are none where the service has nothing to tell', async () => {
    azure.world.scriptFault(query, { kind: 'answer', answer: { status: 204 } });
    expect(await costs()).toEqual({ ok: true, value: { since: november, charges: [] } });
  });

  it.each([
    ['without the column of the amount', answer({ columns: columns.slice(1), rows: [] })],
    ['without rows', answer({ columns })],
    ['without anything', answer(null)],
    ['that is a page of a hotel', { kind: 'html', status: 200 } as const],
    ['that was cut in the middle of its text', { kind: 'broken-json' } as const],
    ['whose next page is on another host', answer({ columns, rows: [], nextLink: 'https://elsewhere.example/query' })],
  ])('are not read from an answer %s', async (_what, fault) => {
    azure.world.scriptFault(query, fault);
    expect(await costs()).toMatchObject({ ok: false, fault: { kind: 'garbled' } });
    expect(asked()).toBe(1);
  });

  it('that never end, or are longer than any bill, are given up', async () => {
    const nextLink = `${azure.origin}/subscriptions/${subscription.id}/providers/Microsoft.CostManagement/query?api-version=2023-11-01`;
    azure.world.scriptFault(query, answer({ columns, rows: [], nextLink }), { times: 8 });
    expect(await costs()).toMatchObject({ ok: false, fault: { kind: 'garbled' } });
    expect(asked()).toBe(8);
    await azure.clock.advance(600_000);
    const body = `{"properties":{"columns":${JSON.stringify(columns)},"rows":[]},"more":"${'x'.repeat(17 * 1024 * 1024)}"}`;
    azure.world.scriptFault(query, { kind: 'answer', answer: { status: 200, body, layout: 'raw' } });
    const long = await costs();
    expect(long).toMatchObject({ ok: false, fault: { kind: 'garbled' } });
    expect(long.ok ? '' : long.fault.message).toContain('too long');
  });

  it('never lead to a POST at another place of the same host', async () => {
    const { id } = subscription.addMachine();
    const nextLink = `${azure.origin}${id}/deallocate?api-version=2026-03-01`;
    azure.world.scriptFault(query, answer({ columns, rows: [], nextLink }));
    expect(await costs()).toMatchObject({ ok: false, fault: { kind: 'garbled' } });
    expect(azure.requests.filter(({ path }) => /deallocate/.test(path))).toEqual([]);
  });

  it('that push back wait as long as their service says, and no cure waits with them', async () => {
    const machine = subscription.addMachine();
    machine.setPower('deallocated');
    azure.world.scriptFault(query, {
      kind: 'answer',
      answer: {
        status: 429,
        headers: {
          'x-ms-ratelimit-microsoft.costmanagement-qpu-retry-after': '55',
          'x-ms-ratelimit-microsoft.costmanagement-entity-retry-after': '120',
        },
        body: { error: { code: '429', message: 'Too many requests. Please retry.' } },
      },
    });
    expect(await costs()).toMatchObject({ ok: false, fault: { kind: 'throttled', retryAfterMs: 120_000 } });
    expect(await costs()).toMatchObject({ ok: false, fault: { kind: 'throttled', retryAfterMs: 120_000 } });
    expect(asked()).toBe(1);
    const compute = await rig.clients.compute({
      ...scopeOf(subscription),
      region: machine.region,
      urgent: false,
      signal: noStop,
    });
    await compute.virtualMachines.beginStart(machine.group, machine.name);
    expect(azure.requests.some(({ path }) => /\/start$/.test(path))).toBe(true);
    await azure.clock.advance(120_000);
    expect(await costs()).toMatchObject({ ok: true });
  });

  it('that the manager itself refuses hold back its other writes too', async () => {
    azure.world.scriptFault(query, { kind: 'throttle', retryAfter: 60 });
    expect(await costs()).toMatchObject({ ok: false, fault: { kind: 'throttled', retryAfterMs: 60_000 } });
    const machine = subscription.addMachine();
    machine.setPower('deallocated');
    const target = { ...scopeOf(subscription), region: machine.region, urgent: true, signal: noStop };
    const compute = await rig.clients.compute(target);
    await expect(compute.virtualMachines.beginStart(machine.group, machine.name)).rejects.toThrow('left alone');
  });
});
