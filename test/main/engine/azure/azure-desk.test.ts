import { describe, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import type { Machine } from '../../../../main/contract/machine.ts';
import { Settings } from '../../../../main/contract/settings.ts';
import { type EngineUnderTest, engineUnderTest, type Parts, someone } from '../../../support/engine-under-test.ts';
import { FakeAzure, fakeFault, fakeSubscription } from '../../../support/fake-azure.ts';
import { MemorySettings } from '../../../support/fake-ports.ts';

const healing = { user: '', face: 'engine' } as const;

function signedIn(azure: FakeAzure, more: Record<string, unknown> = {}): Parts {
  const settings = new MemorySettings();
  settings.reading = { settings: Settings.parse({ azure: { sign_in: 'browser', ...more } }), fault: null };
  return { azure, settings };
}

async function fleetOf(azure: FakeAzure, parts: Parts = {}): Promise<EngineUnderTest> {
  const test = await engineUnderTest({ ...signedIn(azure), ...parts });
  await test.engine.handlers['azure.refresh']({}, someone);
  return test;
}

async function list({ engine }: EngineUnderTest): Promise<readonly Machine[]> {
  return engine.handlers['machine.list']({}, someone);
}

async function one(test: EngineUnderTest, name: string): Promise<Machine> {
  return (await test.engine.handlers['machine.get']({ machine: name }, someone)).machine;
}

/** Lets the clock go on until the operation has ended. */
async function finish(test: EngineUnderTest, begun: Promise<{ id: string }> | { id: string }) {
  const { id } = await begun;
  const over = test.engine.handlers['operation.wait']({ operation: id }, someone);
  let isOver = false;
  void Promise.resolve(over).then(() => {
    isOver = true;
  });
  for (let step = 0; step < 1000 && !isOver; step += 1) await test.clock.advance(10_000);
  return over;
}

describe('machines of Azure in the fleet', () => {
  it('stand in the list beside the others, with region, group, size and session', async () => {
    const azure = new FakeAzure();
    azure.add('Web-1', 'running', { tags: { 'azlin-session': 'demo', env: 'prod' } });
    azure.add('db', 'deallocated');
    const test = await fleetOf(azure);
    await test.create({ name: 'local' });
    const machines = await list(test);
    expect(machines.map(({ name, provider, state }) => [name, provider, state])).toEqual([
      ['Web-1', 'azure', 'running'],
      ['db', 'azure', 'deallocated'],
      ['local', 'qemu', 'stopped'],
    ]);
    expect(machines[0]).toMatchObject({
      region: 'westeurope',
      group: 'Shop',
      size: 'Standard_B2s',
      tags: ['azlin-session=demo', 'env=prod'],
      wanted: 'running',
      azure: { session: 'demo', resourceGroup: 'Shop', power: 'running', billed: true, trouble: null },
    });
    expect(machines[1]).toMatchObject({ wanted: 'stopped', azure: { billed: false } });
  });

  it('tell that they were looked at, also when the look found nothing new', async () => {
    const azure = new FakeAzure();
    azure.add('web-1');
    const test = await fleetOf(azure);
    // Until everything that comes with a new machine is known.
    await test.clock.advance(60_000);
    const told = test.events.of('machine.changed').length;
    const looks = test.events.of('azure.read').length;
    await test.clock.advance(2000);
    await test.engine.handlers['azure.refresh']({}, someone);
    expect(test.events.of('machine.changed')).toHaveLength(told);
    expect(test.events.of('azure.read').length).toBeGreaterThan(looks);
    const [machine] = await list(test);
    expect(machine?.azure?.observedAt).toBe(new Date(test.clock.wallNow()).toISOString());
  });

  it('are asked for by nobody while Azure is not wanted', async () => {
    const azure = new FakeAzure();
    azure.add('web');
    const test = await engineUnderTest({ azure });
    await test.clock.advance(600_000);
    expect([azure.asked, await list(test)]).toEqual([[], []]);
  });

  it('are found by name in any case, by group and name, and by id', async () => {
    const azure = new FakeAzure();
    azure.add('Web');
    azure.add('twin', 'running', { group: 'One' });
    azure.add('twin', 'running', { group: 'Two' });
    const test = await fleetOf(azure);
    const web = await one(test, 'web');
    expect(web.name).toBe('Web');
    expect((await one(test, 'shop/WEB')).id).toBe(web.id);
    expect((await one(test, 'two/twin')).group).toBe('Two');
    await expect(one(test, 'twin')).rejects.toMatchObject({
      code: 'conflict',
      hint: expect.stringContaining('One/twin'),
    });
  });

  it('keep their last state when one subscription cannot be read, say why and from when, and later count as unknown', async () => {
    const azure = new FakeAzure();
    azure.add('web');
    const test = await fleetOf(azure);
    const { azure: facts } = await one(test, 'web');
    azure.faults.set('powers', fakeFault('unavailable', { message: 'Azure itself has a fault now (503).' }));
    await test.engine.handlers['azure.refresh']({}, someone);
    expect(await one(test, 'web')).toMatchObject({
      state: 'running',
      azure: { observedAt: facts?.observedAt, trouble: 'Azure itself has a fault now (503).' },
    });
    await test.clock.advance(200_000);
    expect(await one(test, 'web')).toMatchObject({
      state: 'unknown',
      capabilities: ['protect'],
      azure: { billed: null },
    });
    expect(test.events.of('machine.changed').at(-1)?.state).toBe('unknown');
    azure.faults.clear();
    await test.clock.advance(60_000);
    expect((await one(test, 'web')).state).toBe('running');
  });

  it('cost one another nothing: a subscription that is refused leaves the machines of the others as they are', async () => {
    const azure = new FakeAzure();
    const other = { ...fakeSubscription, subscription: '22222222-bbbb-4000-8000-000000000002', name: 'Other' };
    azure.rows = [fakeSubscription, other];
    azure.add('web');
    azure.add('far', 'running', { subscription: other.subscription });
    const test = await fleetOf(azure);
    const powers = azure.powers.bind(azure);
    azure.powers = async (scope) =>
      scope.subscription === other.subscription
        ? { ok: false, fault: fakeFault('forbidden', { message: 'No right.' }) }
        : powers(scope);
    await test.engine.handlers['azure.refresh']({}, someone);
    expect((await list(test)).map(({ name, azure: facts }) => [name, facts?.trouble])).toEqual([
      ['far', 'No right.'],
      ['web', null],
    ]);
    const { subscriptions } = await test.engine.handlers['azure.status']({}, someone);
    expect(subscriptions.map(({ name, machines, trouble }) => [name, machines, trouble])).toEqual([
      ['Dev', 1, null],
      ['Other', 1, 'No right.'],
    ]);
  });

  it('are unknown, and never down, when Azure leaves their power state out', async () => {
    const azure = new FakeAzure();
    const web = azure.add('web');
    azure.silent.add(web.resourceId.toLowerCase());
    const test = await fleetOf(azure);
    expect(await one(test, 'web')).toMatchObject({
      state: 'unknown',
      azure: { trouble: expect.stringMatching(/nothing/) },
    });
  });

  it('are told to be gone only when Azure says of each that it is gone', async () => {
    const azure = new FakeAzure();
    const web = azure.add('web');
    azure.add('db');
    const test = await fleetOf(azure);
    const describe = azure.describe.bind(azure);
    // A right that was lost empties the list, and the machine itself is refused.
    azure.describe = async () => ({ ok: true, value: [] });
    azure.faults.set('look', fakeFault('forbidden', { message: 'No right.' }));
    await test.engine.handlers['azure.refresh']({}, someone);
    expect(await list(test)).toHaveLength(2);
    azure.faults.clear();
    azure.describe = describe;
    azure.drop(web);
    await test.engine.handlers['azure.refresh']({}, someone);
    expect((await list(test)).map(({ name }) => name)).toEqual(['db']);
    expect(test.store.journal.at(-1)).toMatchObject({ action: 'machine.vanished', actor: 'azure', machine: 'web' });
    expect(test.events.of('machine.removed')).toEqual([expect.objectContaining({ name: 'web' })]);
  });

  it('are known again after a restart of Vigil, their state unknown until it was read', async () => {
    const azure = new FakeAzure();
    azure.add('web');
    const first = await fleetOf(azure);
    const { id } = await one(first, 'web');
    await first.engine.stop();
    azure.faults.set('subscriptions', fakeFault('unreachable', { message: 'The name cannot be looked up.' }));
    const second = await engineUnderTest({ ...signedIn(azure), store: first.store.copy() });
    expect(await one(second, 'web')).toMatchObject({ id, state: 'unknown' });
    await second.clock.advance(1000);
    expect(await one(second, 'web')).toMatchObject({ azure: { trouble: 'The name cannot be looked up.' } });
    azure.faults.clear();
    await second.clock.advance(60_000);
    expect(await one(second, 'web')).toMatchObject({ id, state: 'running' });
    expect(second.actions().filter((action) => action === 'machine.adopted')).toHaveLength(1);
  });

  it('have a name that no new machine may take', async () => {
    const azure = new FakeAzure();
    azure.add('web');
    const test = await fleetOf(azure);
    await expect(test.create({ name: 'web' })).rejects.toBeInstanceOf(VigilError);
  });

  it('leave the fleet with the account, and nothing is done to them', async () => {
    const azure = new FakeAzure();
    azure.add('web');
    const test = await fleetOf(azure);
    expect(await test.engine.handlers['azure.sign-out']({}, someone)).toMatchObject({ state: 'off', account: null });
    const told = () => test.store.journal.filter(({ action }) => action === 'azure.signed-out').length;
    expect(told()).toBe(1);
    await test.engine.handlers['azure.sign-out']({}, someone);
    expect(told()).toBe(1);
    expect([await list(test), azure.sent]).toEqual([[], []]);
  });
});

describe('what is done to a machine of Azure', () => {
  it.each([
    ['machine.start', 'deallocated', { verb: 'start' }, 'running', 'machine.started'],
    ['machine.stop', 'running', { verb: 'stop', atOnce: false }, 'stopped', 'machine.stopped'],
    ['machine.restart', 'running', { verb: 'restart' }, 'running', 'machine.restarted'],
    ['azure.deallocate', 'running', { verb: 'deallocate' }, 'deallocated', 'machine.deallocated'],
    ['azure.redeploy', 'running', { verb: 'redeploy' }, 'running', 'machine.redeployed'],
  ] as const)('%s is one order, followed to its end', async (call, before, act, after, action) => {
    const azure = new FakeAzure();
    const web = azure.add('web', before);
    const test = await fleetOf(azure);
    azure.progress.push({ kind: 'under-way', askInMs: 10_000 });
    const begun = await test.engine.handlers[call]({ machine: 'web', force: false }, someone);
    expect(begun.state).toBe('running');
    azure.set(web, after);
    expect(await finish(test, begun)).toMatchObject({ state: 'done' });
    expect(azure.sent.map((order) => order.act)).toEqual([act]);
    expect(await one(test, 'web')).toMatchObject({ state: after, operation: null });
    expect(test.actions()).toContain(action);
    expect(test.store.azureWorks.size).toBe(0);
  });

  it('shows as what is being done, whatever a list of Azure still says', async () => {
    const azure = new FakeAzure();
    azure.add('web', 'deallocated');
    const test = await fleetOf(azure);
    for (let index = 0; index < 20; index += 1) azure.progress.push({ kind: 'under-way', askInMs: 10_000 });
    await test.engine.handlers['machine.start']({ machine: 'web' }, someone);
    await test.clock.advance(120_000);
    await test.engine.handlers['azure.refresh']({}, someone);
    expect(await one(test, 'web')).toMatchObject({ state: 'starting', wanted: 'running', capabilities: [] });
  });

  it('is nothing when the machine is so already', async () => {
    const azure = new FakeAzure();
    azure.add('web', 'running');
    azure.add('db', 'deallocated');
    const test = await fleetOf(azure);
    expect(await test.engine.handlers['machine.start']({ machine: 'web' }, someone)).toMatchObject({ state: 'done' });
    expect(await test.engine.handlers['azure.deallocate']({ machine: 'db' }, someone)).toMatchObject({ state: 'done' });
    expect(azure.sent).toEqual([]);
  });

  it('is refused while somebody else acts on it, in words that say so', async () => {
    const azure = new FakeAzure();
    azure.add('web', 'deallocating');
    azure.add('db', 'running');
    azure.sendings.push({
      kind: 'refused',
      fault: fakeFault('busy', { message: 'Someone else is acting on this machine.' }),
    });
    const test = await fleetOf(azure);
    await expect(test.engine.handlers['machine.start']({ machine: 'web' }, someone)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/Someone else is acting/),
    });
    expect(
      await finish(test, test.engine.handlers['machine.restart']({ machine: 'db', force: false }, someone)),
    ).toMatchObject({
      state: 'failed',
      error: { code: 'conflict', message: expect.stringMatching(/Someone else is acting/) },
    });
  });

  it('is no longer offered once it turned out that the account has no right to it, and everything else still is', async () => {
    const azure = new FakeAzure();
    azure.add('web', 'running');
    azure.sendings.push({ kind: 'refused', fault: fakeFault('forbidden') });
    const test = await fleetOf(azure);
    await finish(test, test.engine.handlers['machine.restart']({ machine: 'web', force: false }, someone));
    const { capabilities } = await one(test, 'web');
    expect(capabilities).not.toContain('restart');
    expect(capabilities).toEqual(expect.arrayContaining(['stop', 'deallocate', 'run-command']));
  });

  it('is deleted for good only when that is said, and never while it is protected', async () => {
    const azure = new FakeAzure();
    azure.add('web', 'deallocated');
    const test = await fleetOf(azure);
    const remove = (force: boolean) => test.engine.handlers['machine.delete']({ machine: 'web', force }, someone);
    await expect(remove(false)).rejects.toMatchObject({ code: 'refused', field: 'force' });
    await test.engine.handlers['machine.protect']({ machine: 'web', protected: true }, someone);
    await expect(remove(true)).rejects.toMatchObject({ code: 'refused', message: expect.stringMatching(/protected/) });
    await test.engine.handlers['machine.protect']({ machine: 'web', protected: false }, someone);
    expect(await finish(test, remove(true))).toMatchObject({ state: 'done' });
    expect(await list(test)).toEqual([]);
  });

  it('keeps the tags that it has beside the one that comes or goes', async () => {
    const azure = new FakeAzure();
    azure.add('web', 'running', { tags: { env: 'dev', owner: 'ada' } });
    const test = await fleetOf(azure);
    const tag = (action: 'add' | 'remove', text: string) =>
      finish(test, test.engine.handlers['machine.tag']({ machine: 'web', action, tag: text }, someone));
    await tag('add', 'env=prod');
    await tag('remove', 'owner');
    expect(azure.sent.map(({ act }) => act)).toEqual([
      { verb: 'tags', tags: { env: 'prod', owner: 'ada' } },
      { verb: 'tags', tags: { env: 'dev' } },
    ]);
  });

  it('keeps its first disk as a snapshot, and takes another size', async () => {
    const azure = new FakeAzure();
    const web = azure.add('web', 'deallocated');
    const test = await fleetOf(azure);
    await finish(test, test.engine.handlers['snapshot.take']({ machine: 'web', name: 'before' }, someone));
    await finish(test, test.engine.handlers['azure.resize']({ machine: 'web', size: 'Standard_D4s_v5' }, someone));
    expect(azure.sent.map(({ act }) => act)).toEqual([
      { verb: 'snapshot', snapshot: 'before', disk: web.osDisk },
      { verb: 'resize', size: 'Standard_D4s_v5' },
    ]);
  });

  it('runs one script at a time, the next one after it, and shows what it printed', async () => {
    const azure = new FakeAzure();
    azure.add('web', 'running');
    const test = await fleetOf(azure);
    azure.progress.push({ kind: 'done', output: 'one' }, { kind: 'done', output: 'two' });
    const run = (script: string) => test.engine.handlers['azure.run-command']({ machine: 'web', script }, someone);
    const first = run('echo one');
    const second = run('echo two');
    expect(await finish(test, first)).toMatchObject({ result: { output: 'one' } });
    expect(await finish(test, second)).toMatchObject({ result: { output: 'two' } });
    expect(azure.asked.filter((asked) => /send|follow/.test(asked))).toEqual([
      'send 1',
      'follow ticket 1',
      'send 2',
      'follow ticket 2',
    ]);
  });
});

describe('an order and the end of Vigil', () => {
  it('is taken up by its ticket, and not sent again', async () => {
    const azure = new FakeAzure();
    const web = azure.add('web', 'deallocated');
    const first = await fleetOf(azure);
    azure.progress.push({ kind: 'under-way', askInMs: 10_000 });
    const { id } = await first.engine.handlers['machine.start']({ machine: 'web' }, someone);
    await first.clock.advance(1000);
    expect([...first.store.azureWorks.values()]).toMatchObject([{ phase: 'sent', ticket: 'ticket 1' }]);
    await first.engine.stop();
    azure.set(web, 'running');
    const second = await engineUnderTest({ ...signedIn(azure), store: first.store.copy() });
    expect(await finish(second, { id })).toMatchObject({ id, state: 'done' });
    expect(azure.sent).toHaveLength(1);
    expect(second.actions()).toContain('machine.started');
  });

  it('is not sent again when the crash came between writing it down and hearing of it; its end is said to be unknown', async () => {
    const azure = new FakeAzure();
    azure.add('web', 'running');
    const first = await fleetOf(azure);
    let crashed = first.store.copy();
    azure.send = async (order) => {
      azure.sent.push(order);
      crashed = first.store.copy();
      return { kind: 'accepted', ticket: 'never heard of' };
    };
    const { id } = await first.engine.handlers['machine.restart']({ machine: 'web', force: false }, someone);
    await first.clock.advance(1000);
    const second = await engineUnderTest({ ...signedIn(azure), store: crashed });
    expect(await finish(second, { id })).toMatchObject({
      state: 'failed',
      error: { code: 'timeout', hint: expect.stringMatching(/not sent again/) },
    });
    expect(azure.sent).toHaveLength(1);
    // Vigil by itself keeps away for a quarter of an hour; a person may ask again.
    await expect(
      second.engine.handlers['machine.restart']({ machine: 'web', force: false }, healing),
    ).rejects.toMatchObject({
      code: 'refused',
    });
    azure.send = FakeAzure.prototype.send.bind(azure);
    expect(
      await finish(second, second.engine.handlers['machine.restart']({ machine: 'web', force: false }, someone)),
    ).toMatchObject({ state: 'done' });
    expect(azure.sent).toHaveLength(2);
  });

  it('is done when the machine itself shows it, although the answer was lost', async () => {
    const azure = new FakeAzure();
    const web = azure.add('web', 'deallocated');
    const test = await fleetOf(azure);
    azure.sendings.push({ kind: 'unsure', fault: fakeFault('cut') });
    const begun = test.engine.handlers['machine.start']({ machine: 'web' }, someone);
    azure.set(web, 'running');
    expect(await finish(test, begun)).toMatchObject({ state: 'done', result: { note: expect.any(String) } });
    expect(azure.sent).toHaveLength(1);
  });
});

describe('the sign-in to Azure', () => {
  it('tells what to do, and ends with the machines in the list', async () => {
    const azure = new FakeAzure();
    azure.account = null;
    azure.add('web');
    const test = await engineUnderTest({ azure });
    expect(await test.engine.handlers['azure.status']({}, someone)).toMatchObject({ state: 'off' });
    const prompt = await test.engine.handlers['azure.sign-in']({ way: 'device-code', tenant: 'contoso' }, someone);
    expect(prompt).toMatchObject({ address: 'https://login.example/', code: 'ABC', way: 'device-code' });
    const status = await test.engine.handlers['azure.sign-in-wait']({ id: prompt.id }, someone);
    expect(status).toMatchObject({ state: 'signed-in', account: 'dev@contoso', way: 'device-code' });
    expect(await list(test)).toHaveLength(1);
    expect(azure.config).toMatchObject({ way: 'device-code', tenant: 'contoso' });
    expect(test.actions()).toContain('azure.signed-in');
    // Nobody asks twice for what the sign-in itself has just read.
    expect(azure.asked.filter((call) => call === 'subscriptions')).toHaveLength(1);
  });

  it('is given up from any face, and both its begin and its end are told', async () => {
    const azure = new FakeAzure();
    azure.account = null;
    azure.signingIn = new Promise(() => undefined);
    const test = await engineUnderTest({ azure });
    const { handlers } = test.engine;
    await expect(handlers['azure.sign-in-cancel']({}, someone)).rejects.toMatchObject({ code: 'not-found' });
    const { id } = await handlers['azure.sign-in']({ way: 'browser' }, { ...someone, face: 'cli' });
    expect(test.events.of('azure.sign-in-changed')).toHaveLength(1);
    const waiting = Promise.resolve(handlers['azure.sign-in-wait']({ id }, { ...someone, face: 'cli' }));
    waiting.catch(() => undefined);
    await handlers['azure.sign-in-cancel']({}, someone);
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    expect(test.events.of('azure.sign-in-changed')).toHaveLength(2);
  });

  it('is given up when a person says so, one at a time, and leaves everything as it was', async () => {
    const azure = new FakeAzure();
    azure.account = null;
    azure.signingIn = new Promise(() => undefined);
    const test = await engineUnderTest({ azure });
    const { id } = await test.engine.handlers['azure.sign-in']({ way: 'browser' }, someone);
    expect(await test.engine.handlers['azure.status']({}, someone)).toMatchObject({ state: 'signing-in' });
    await expect(test.engine.handlers['azure.sign-in']({ way: 'cli' }, someone)).rejects.toMatchObject({
      code: 'conflict',
    });
    const waiting = Promise.resolve(test.engine.handlers['azure.sign-in-wait']({ id }, someone));
    waiting.catch(() => undefined);
    await test.engine.handlers['azure.sign-in-cancel']({ id }, someone);
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    expect(await test.engine.handlers['azure.status']({}, someone)).toMatchObject({ state: 'off' });
    expect(azure.config).toMatchObject({ way: 'none' });
  });

  it('ends by itself when nobody does anything', async () => {
    const azure = new FakeAzure();
    azure.account = null;
    azure.signingIn = new Promise(() => undefined);
    const test = await engineUnderTest({ azure });
    const { id } = await test.engine.handlers['azure.sign-in']({ way: 'browser' }, someone);
    const waiting = Promise.resolve(test.engine.handlers['azure.sign-in-wait']({ id }, someone));
    waiting.catch(() => undefined);
    await test.clock.advance(960_000);
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('is asked for once when it has ended, in one notice and one entry, until it is good again', async () => {
    const azure = new FakeAzure();
    azure.add('web');
    const test = await fleetOf(azure);
    azure.faults.set(
      'powers',
      fakeFault('signed-out', { message: 'Azure wants the person again.', hint: 'vigil azure login' }),
    );
    await test.clock.advance(300_000);
    expect(await test.engine.handlers['azure.status']({}, someone)).toMatchObject({
      state: 'sign-in-needed',
      reason: 'Azure wants the person again.',
    });
    const notices = await test.engine.handlers['engine.notices']({}, someone);
    expect(notices.filter(({ text }) => text.includes('sign in again'))).toHaveLength(1);
    expect(test.actions().filter((action) => action === 'azure.sign-in-needed')).toHaveLength(1);
    azure.faults.clear();
    await test.clock.advance(60_000);
    expect(await test.engine.handlers['engine.notices']({}, someone)).toEqual([]);
    expect(await test.engine.handlers['azure.status']({}, someone)).toMatchObject({ state: 'signed-in' });
  });
});
