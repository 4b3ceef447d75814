import { describe, expect, it } from 'vitest';
import { AlertRules } from '../../../../main/contract/alert-rule.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { fakeHost, MemoryAlertRules, MemoryLifecycle } from '../../../support/fake-ports.ts';

const second = 1000;
const minute = 60 * second;
const rules = AlertRules.parse({ rules: [{ name: 'down', metric: 'machine_down', severity: 'critical' }] });

/** Hosts that answer SSH, each in a network of its own unless told otherwise, and watched every minute. */
async function hosts(count: number, addressOf = (place: number) => `10.0.${place}.1`): Promise<EngineUnderTest> {
  const alertRules = new MemoryAlertRules();
  alertRules.rules = rules;
  const test = await engineUnderTest({ alertRules });
  for (let place = 0; place < count; place += 1) {
    await test.engine.handlers['host.add'](
      { name: `host-${place}`, address: addressOf(place), port: 22, trustOnFirstUse: true },
      someone,
    );
  }
  await test.clock.advance(3 * minute);
  return test;
}

function silence(test: EngineUnderTest, places: readonly number[], finding: 'timeout' | 'ok'): void {
  for (const place of places) test.ssh.findings.set(`10.0.${place}.1:22`, finding);
}

const told = (test: EngineUnderTest) => test.notifier.shown.map(({ title }) => title);
const ten = Array.from({ length: 10 }, (_, place) => place);

describe('our own network is cut', () => {
  it('is one alert with the ten machines behind it, one word when it is over, and children that resume in silence', async () => {
    const test = await hosts(10);
    test.network.silent.add('*');
    silence(test, ten, 'timeout');
    await test.clock.advance(10 * minute);
    expect(told(test)).toEqual(['This computer: own-network']);
    const [cause] = (await test.engine.handlers['alert.active']({}, someone)).filter(({ machine }) => machine === null);
    expect(cause?.affected).toHaveLength(10);
    test.network.silent.clear();
    silence(test, ten, 'ok');
    await test.clock.advance(15 * minute);
    expect(told(test)).toEqual(['This computer: own-network', 'This computer: own-network is over']);
    expect(await test.engine.handlers['alert.active']({}, someone)).toEqual([]);
  });

  it('does not hide a machine that is really down: it is told once the network is back', async () => {
    const test = await hosts(10);
    test.network.silent.add('*');
    silence(test, ten, 'timeout');
    await test.clock.advance(10 * minute);
    test.network.silent.clear();
    silence(test, ten.slice(1), 'ok');
    await test.clock.advance(15 * minute);
    expect(told(test)).toEqual(['This computer: own-network', 'This computer: own-network is over', 'host-0: down']);
  });

  it('control: one machine that is down while others out there answer is told itself', async () => {
    const test = await hosts(10);
    silence(test, [3], 'timeout');
    await test.clock.advance(10 * minute);
    expect(told(test)).toEqual(['host-3: down']);
  });

  it('where most of the machines turn bad together the fault is taken to be between them and us', async () => {
    const test = await hosts(5);
    silence(test, [0, 1, 2, 3], 'timeout');
    await test.clock.advance(10 * minute);
    expect(told(test)).toEqual(['This computer: own-network']);
    expect(test.notifier.shown[0]?.body).toMatch(/^\d of 5 machines turned bad together/);
  });
});

it('a machine that others depend on stands for them, and a child that stays down is told after it', async () => {
  const alertRules = new MemoryAlertRules();
  alertRules.rules = rules;
  const lifecycle = new MemoryLifecycle();
  const test = await engineUnderTest({ alertRules, lifecycle });
  for (const [place, name] of ['db', 'web', 'api'].entries()) {
    await test.engine.handlers['host.add'](
      { name, address: `10.0.${place}.1`, port: 22, trustOnFirstUse: true },
      someone,
    );
  }
  // Somebody else who answers, so that it is not most of the fleet.
  for (const place of [3, 4, 5, 6]) {
    await test.engine.handlers['host.add'](
      { name: `other-${place}`, address: `10.0.${place}.1`, port: 22, trustOnFirstUse: true },
      someone,
    );
  }
  for (const name of ['web', 'api'])
    await test.engine.handlers['lifecycle.enable']({ machine: name, watch: { depends_on: ['db'] } }, someone);
  await test.clock.advance(3 * minute);
  silence(test, [0, 1, 2], 'timeout');
  await test.clock.advance(10 * minute);
  expect(told(test)).toEqual(['db: down']);
  expect(await test.engine.handlers['alert.active']({}, someone)).toContainEqual(
    expect.objectContaining({ machine: 'db', affected: ['api', 'web'] }),
  );
  silence(test, [0, 1], 'ok');
  await test.clock.advance(15 * minute);
  expect(told(test)).toEqual(['db: down', 'db: down is over', 'api: down']);
});

it('a full disk of this computer is one alert for the machines that ended of it', async () => {
  const alertRules = new MemoryAlertRules();
  alertRules.rules = rules;
  let freeMib = 100_000;
  const test = await engineUnderTest({ alertRules, host: { ...fakeHost, diskFreeMib: async () => freeMib } });
  await test.create({ name: 'one', start: true });
  await test.create({ name: 'two', start: true });
  await test.clock.advance(minute);
  freeMib = 1;
  const shownBefore = test.notifier.shown.length;
  for (const { id, generation } of [...test.store.machines.values()]) {
    test.provider.processes.delete(id);
    const end = { kind: 'killed', summary: 'killed', consoleTail: '', events: '[]' } as const;
    test.provider.report({ kind: 'ended', id, generation, end });
  }
  await test.clock.advance(minute);
  const alerts = test.notifier.shown.slice(shownBefore).filter(({ key }) => key.startsWith('alert'));
  expect(alerts).toMatchObject([
    { title: 'This computer: host-disk-full', body: expect.stringContaining('Affected: one, two.') },
  ]);
});
