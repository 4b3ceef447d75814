import { describe, expect, it } from 'vitest';
import type { WatchPatch } from '../../../../main/contract/lifecycle.ts';
import { Settings } from '../../../../main/contract/settings.ts';
import type { AzureVm } from '../../../../main/engine/ports/azure.ts';
import type { AzureMinute } from '../../../../main/engine/ports/azure-insight.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { FakeAzure, fakeFault, fakePower } from '../../../support/fake-azure.ts';
import { MemorySettings } from '../../../support/fake-ports.ts';

const minute = 60_000;

interface Rig {
  readonly azure: FakeAzure;
  readonly vm: AzureVm;
  readonly test: EngineUnderTest;
}

/** A machine of Azure that answers SSH, watched every minute. */
async function watched(watch: WatchPatch = {}): Promise<Rig> {
  const azure = new FakeAzure();
  const vm = azure.add('web');
  azure.publicAddresses.set(vm.resourceId.toLowerCase(), '203.0.113.7');
  const settings = new MemorySettings();
  settings.reading = { settings: Settings.parse({ azure: { sign_in: 'browser' } }), fault: null };
  const test = await engineUnderTest({ azure, settings });
  await test.engine.handlers['azure.refresh']({}, someone);
  await test.engine.handlers['lifecycle.enable'](
    { machine: 'web', watch: { restart_policy: 'on-failure', ...watch } },
    someone,
  );
  await test.clock.advance(16 * minute);
  return { azure, vm, test };
}

/** Nobody is signed in, and every loop has had its first round. */
async function untouched(): Promise<Rig> {
  const azure = new FakeAzure();
  const vm = azure.add('web');
  azure.publicAddresses.set(vm.resourceId.toLowerCase(), '203.0.113.7');
  azure.account = null;
  const test = await engineUnderTest({ azure });
  await test.clock.advance(30_000);
  return { azure, vm, test };
}

const signIn = async ({ test: { engine } }: Rig): Promise<void> => {
  const { id } = await engine.handlers['azure.sign-in']({ way: 'browser' }, someone);
  await engine.handlers['azure.sign-in-wait']({ id }, someone);
};

const view = async ({ test }: Rig) => (await test.engine.handlers['machine.get']({ machine: 'web' }, someone)).machine;
const restarts = ({ azure }: Rig): number => azure.sent.filter(({ act }) => act.verb === 'restart').length;

describe('a machine of Azure that is watched', () => {
  it('is checked over SSH at the address that Azure names, and is healthy while that answers', async () => {
    const rig = await watched({ ssh_user: 'dev' });
    expect(await view(rig)).toMatchObject({ address: '203.0.113.7', health: { status: 'healthy' } });
    expect(rig.test.ssh.checks.at(-1)).toBe('dev@203.0.113.7:22');
  });

  it('is reached by a person where its checks reach it, and by nobody while it sleeps', async () => {
    const rig = await watched({ ssh_user: 'dev', ssh_port: 2022 });
    const ask = async () => rig.test.engine.handlers['ssh.target']({ machine: 'web' }, someone);
    expect(await ask()).toMatchObject({ machine: 'web', host: '203.0.113.7', port: 2022, user: 'dev' });
    expect((await view(rig)).capabilities).toContain('ssh');
    rig.azure.power.set(rig.vm.resourceId.toLowerCase(), fakePower(rig.vm, 'deallocated'));
    await rig.test.engine.handlers['azure.refresh']({}, someone);
    await expect(ask()).rejects.toMatchObject({ code: 'conflict', hint: expect.stringContaining('vigil start web') });
    expect((await view(rig)).capabilities).not.toContain('ssh');
  });

  it('that stops answering SSH while Azure says that it runs is restarted once by Azure, and the story says why', async () => {
    const rig = await watched();
    const { test, azure } = rig;
    test.ssh.findings.set('203.0.113.7:22', 'unreachable');
    for (let step = 0; step < 30 && restarts(rig) === 0; step += 1) await test.clock.advance(30_000);
    expect(restarts(rig)).toBe(1);
    expect(azure.sent[0]).toMatchObject({ urgent: true, vm: { name: 'web' } });
    test.ssh.findings.delete('203.0.113.7:22');
    await test.clock.advance(30 * minute);
    expect(restarts(rig)).toBe(1);
    expect(await view(rig)).toMatchObject({ state: 'running', health: { status: 'healthy' } });
    expect(test.actions()).toEqual(expect.arrayContaining(['healing.intended', 'machine.restarted', 'healing.done']));
    const { story } = await test.engine.handlers['machine.why']({ machine: 'web' }, someone);
    expect(story.map(({ action }) => action)).toEqual(expect.arrayContaining(['healing.intended', 'healing.done']));
  });

  it('that does not answer has Azure asked for its opinion once, and the story tells the cause', async () => {
    const rig = await watched({ restart_policy: 'never' });
    rig.azure.opinions.set(rig.vm.resourceId.toLowerCase(), {
      state: 'unavailable',
      summary: 'The host is being maintained.',
      broughtAboutBy: 'platform',
      reason: 'Planned',
      since: null,
      activities: [],
    });
    await rig.test.clock.advance(minute);
    expect(rig.azure.asked).not.toContain('opinion');
    rig.test.ssh.findings.set('203.0.113.7:22', 'unreachable');
    await rig.test.clock.advance(20 * minute);
    expect(rig.test.actions().filter((action) => action === 'azure.opinion')).toHaveLength(1);
    expect(rig.azure.asked.filter((call) => call === 'opinion').length).toBeLessThanOrEqual(5);
    const { story } = await rig.test.engine.handlers['machine.why']({ machine: 'web' }, someone);
    expect(story.find(({ action }) => action === 'azure.opinion')?.summary).toBe(
      "Azure says that 'web' is not available. The host is being maintained. The platform brought it about (Planned).",
    );
  });

  it('is not restarted where its policy is never', async () => {
    const rig = await watched({ restart_policy: 'never' });
    rig.test.ssh.findings.set('203.0.113.7:22', 'unreachable');
    await rig.test.clock.advance(30 * minute);
    expect(restarts(rig)).toBe(0);
    expect(await view(rig)).toMatchObject({ health: { status: 'unhealthy' } });
  });

  it('is not restarted while our own network may be the fault', async () => {
    const rig = await watched();
    rig.test.ssh.findings.set('203.0.113.7:22', 'unreachable');
    rig.test.network.silent.add('*');
    await rig.test.clock.advance(30 * minute);
    expect(restarts(rig)).toBe(0);
  });

  it('that Azure tells nothing about is unknown and not down: nothing is checked, nothing is done', async () => {
    const rig = await watched();
    rig.azure.faults.set('powers', fakeFault('unreachable'));
    rig.azure.faults.set('describe', fakeFault('unreachable'));
    // Beyond this what was read last says nothing about now.
    await rig.test.clock.advance(5 * minute);
    rig.test.ssh.findings.set('203.0.113.7:22', 'unreachable');
    await rig.test.clock.advance(60 * minute);
    const machine = await view(rig);
    expect(machine.state).toBe('unknown');
    expect(['unknown', 'not-applicable']).toContain(machine.health.status);
    expect(rig.azure.sent).toEqual([]);
  });

  it('that does not answer can still be read by its console, and a machine of another kind cannot', async () => {
    const { test } = await watched();
    expect(await test.engine.handlers['azure.boot-log']({ machine: 'web' }, someone)).toEqual({
      text: 'console of web',
    });
    await test.create({ name: 'local' });
    await expect(test.engine.handlers['azure.boot-log']({ machine: 'local' }, someone)).rejects.toMatchObject({
      code: 'refused',
    });
  });

  it('that somebody switched off elsewhere is left alone', async () => {
    const rig = await watched();
    rig.azure.set(rig.vm, 'stopped');
    rig.test.ssh.findings.set('203.0.113.7:22', 'unreachable');
    await rig.test.clock.advance(30 * minute);
    expect(rig.azure.sent).toEqual([]);
    expect(await view(rig)).toMatchObject({ state: 'stopped', health: { status: 'not-applicable' } });
  });
});

describe('a machine of Azure that has just come into the fleet', () => {
  it('is reached and measured at once, not when the next round would have been', async () => {
    const rig = await untouched();
    const { azure, test } = rig;
    expect(azure.metricRounds).toEqual([]);
    await signIn(rig);
    await test.clock.advance(15_000);
    expect(await view(rig)).toMatchObject({ address: '203.0.113.7' });
    expect(azure.metricRounds).toMatchObject([{ machines: 1 }]);
  });

  it('beside others that were measured brings nobody an extra round', async () => {
    const rig = await watched();
    const rounds = rig.azure.metricRounds.length;
    rig.azure.add('late');
    await rig.test.engine.handlers['azure.refresh']({}, someone);
    await rig.test.clock.advance(15_000);
    expect(rig.azure.metricRounds.length).toBe(rounds);
  });
});

describe('what Azure measured of a machine', () => {
  const at = (test: EngineUnderTest, ago: number, cpuPercent: number): AzureMinute => ({
    atMs: Math.floor(test.clock.wallNow() / minute - ago) * minute,
    values: {
      cpuPercent,
      memoryPercent: 40,
      diskReadBytesPerSecond: 1,
      diskWriteBytesPerSecond: 2,
      networkInBytesPerSecond: 3,
      networkOutBytesPerSecond: null,
    },
  });

  it('stands beside the readings of the others every five minutes, each minute once and at its own time', async () => {
    const { azure, vm, test } = await watched();
    const key = vm.resourceId.toLowerCase();
    const rounds = azure.metricRounds.length;
    azure.measured.set(key, { ok: true, value: [at(test, 4, 10), at(test, 3, 0)] });
    await test.clock.advance(5 * minute);
    expect(azure.metricRounds.length).toBe(rounds + 1);
    azure.measured.set(key, { ok: true, value: [at(test, 8, 0), at(test, 3, 30)] });
    await test.clock.advance(5 * minute);
    const kept = test.metrics.samples.filter(({ source, error }) => source === 'azure' && error === null);
    expect(kept.map(({ cpuPercent, memoryPercent, diskPercent }) => [cpuPercent, memoryPercent, diskPercent])).toEqual([
      [10, 40, null],
      [0, 40, null],
      [30, 40, null],
    ]);
    const newest = await test.engine.handlers['metrics.newest']({}, someone);
    expect(newest.find(({ source }) => source === 'azure')).toMatchObject({ machine: 'web' });
  });

  it('is asked for of machines that run alone', async () => {
    const { azure, vm, test } = await watched();
    azure.set(vm, 'deallocated');
    await test.clock.advance(5 * minute);
    const rounds = azure.metricRounds.length;
    await test.clock.advance(20 * minute);
    expect(azure.metricRounds.length).toBe(rounds);
  });
});
