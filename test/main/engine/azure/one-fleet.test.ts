import { expect, it } from 'vitest';
import { AlertRules } from '../../../../main/contract/alert-rule.ts';
import { Settings } from '../../../../main/contract/settings.ts';
import { engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { FakeAzure } from '../../../support/fake-azure.ts';
import { MemoryAlertRules, MemorySettings } from '../../../support/fake-ports.ts';

/**
 * D-4: a local machine and one of Azure are watched over SSH by the same words, break in the same way, and are told of
 * through one rule and one script.
 */
const script = '/home/dev/tell.sh';
const minute = 60_000;

/** The same keys all the way down; values are their kinds. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, shapeOf(part)]),
  );
}

async function bothFailing() {
  const azure = new FakeAzure();
  const vm = azure.add('cloud');
  azure.publicAddresses.set(vm.resourceId.toLowerCase(), '203.0.113.7');
  const settings = new MemorySettings();
  settings.reading = { settings: Settings.parse({ azure: { sign_in: 'browser' } }), fault: null };
  const alertRules = new MemoryAlertRules();
  alertRules.rules = AlertRules.parse({ rules: [{ name: 'down', metric: 'machine_down', severity: 'critical' }] });
  const test = await engineUnderTest({ azure, settings, alertRules });
  test.hookScripts.files.set(script, '#!/bin/sh\n');
  await test.engine.handlers['azure.refresh']({}, someone);
  await test.create({ name: 'local', forwards: [{ host: 2222, guest: 22 }], start: true });
  for (const machine of ['local', 'cloud']) {
    await test.engine.handlers['lifecycle.enable']({ machine, watch: {} }, someone);
    await test.engine.handlers['hook.set']({ machine, event: 'on_failure', path: script }, someone);
  }
  await test.clock.advance(20 * minute);
  for (const address of ['127.0.0.1:2222', '203.0.113.7:22']) test.ssh.findings.set(address, 'unreachable');
  await test.clock.advance(10 * minute);
  return test;
}

it('one rule and one script tell of a local machine and of one of Azure in records of one shape', async () => {
  const test = await bothFailing();
  const alerts = await test.engine.handlers['alert.history']({ limit: 10 }, someone);
  expect(alerts.map(({ rule, machine }) => [rule, machine]).sort()).toEqual([
    ['down', 'cloud'],
    ['down', 'local'],
  ]);
  expect(shapeOf(alerts[0])).toEqual(shapeOf(alerts[1]));
  const runs = test.hookScripts.requests;
  expect(runs.map(({ environment }) => [environment.VIGIL_VM_NAME, environment.VIGIL_PROVIDER]).sort()).toEqual([
    ['cloud', 'azure'],
    ['local', 'qemu'],
  ]);
  expect(Object.keys(runs[0]?.environment ?? {})).toEqual(Object.keys(runs[1]?.environment ?? {}));
  const [one, other] = runs.map(({ input }) => shapeOf(JSON.parse(input)));
  expect(one).toEqual(other);
});

it('what a machine cannot do is not offered, and what it is asked for all the same is refused in words', async () => {
  const test = await bothFailing();
  const machines = await test.engine.handlers['machine.list']({}, someone);
  const offered = (name: string) => machines.find((machine) => machine.name === name)?.capabilities ?? [];
  for (const both of ['stop', 'restart', 'snapshot', 'screenshot', 'ssh', 'delete'])
    expect([offered('cloud').includes(both as never), offered('local').includes(both as never)]).toEqual([true, true]);
  expect(offered('cloud')).toContain('deallocate');
  expect(offered('local')).not.toContain('deallocate');
  expect(offered('local')).toContain('suspend');
  expect(offered('cloud')).not.toContain('suspend');
  await expect(
    (async () => test.engine.handlers['machine.suspend']({ machine: 'cloud' }, someone))(),
  ).rejects.toMatchObject({ code: 'refused' });
  await expect(
    (async () => test.engine.handlers['azure.deallocate']({ machine: 'local' }, someone))(),
  ).rejects.toMatchObject({ code: expect.stringMatching(/^(refused|not-found)$/) });
});
