import { describe, expect, it } from 'vitest';
import type { WatchPatch } from '../../../../main/contract/lifecycle.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';

const second = 1000;
const ssh = '127.0.0.1:2222';

const inside = (parts: {
  boot?: string;
  active?: string;
  sub?: string;
  restarts?: number;
  errors?: string[];
}): string =>
  [
    '=vigil= boot',
    parts.boot ?? 'boot-1',
    '=vigil= unit web.service',
    'LoadState=loaded',
    `ActiveState=${parts.active ?? 'active'}`,
    `SubState=${parts.sub ?? 'running'}`,
    'Type=simple',
    `NRestarts=${parts.restarts ?? 0}`,
    '=vigil= errors web.service',
    ...(parts.errors ?? []).map((line) => `:${line}`),
    '=vigil= end',
    '',
  ].join('\n');

/** A machine with SSH that runs and is checked every 10 s, its start allowance over. */
async function machineWith(watch: WatchPatch, forwards = [{ host: 2222, guest: 22 }]): Promise<EngineUnderTest> {
  const test = await engineUnderTest();
  await test.create({ name: 'demo', start: true, forwards });
  await test.engine.handlers['lifecycle.enable'](
    { machine: 'demo', watch: { check_interval_seconds: 10, start_allowance_seconds: 0, ...watch } },
    someone,
  );
  return test;
}

async function statusOf(test: EngineUnderTest) {
  const [status] = await test.engine.handlers['lifecycle.status']({ machine: 'demo' }, someone);
  const { machine } = await test.engine.handlers['machine.get']({ machine: 'demo' }, someone);
  return { ...machine.health, checks: status?.checks ?? [] };
}

describe('a machine with many checks', () => {
  it('is as its worst check says, which comes first, and SSH keeps its own count', async () => {
    const test = await machineWith({ services: ['web.service'], recovery_threshold: 2 });
    test.ssh.outputs.set(ssh, inside({}));
    await test.clock.advance(2 * second);
    expect(await statusOf(test)).toMatchObject({ status: 'healthy', method: 'ssh', sshFailures: 0 });
    test.ssh.outputs.set(ssh, inside({ active: 'failed', sub: 'failed' }));
    await test.clock.advance(20 * second);
    expect((await statusOf(test)).status).toBe('healthy');
    await test.clock.advance(10 * second);
    const bad = await statusOf(test);
    expect(bad).toMatchObject({ status: 'unhealthy', method: 'unit', sshReachable: true, sshFailures: 0 });
    expect(bad.checks[0]).toMatchObject({
      method: 'unit',
      subject: 'web.service',
      kind: 'failed',
      failures: 3,
      threshold: 3,
    });
    expect(test.store.journal.findLast(({ action }) => action === 'health.changed')?.details).toMatchObject({
      status: 'unhealthy',
      method: 'unit',
    });
    test.ssh.outputs.set(ssh, inside({}));
    await test.clock.advance(10 * second);
    expect((await statusOf(test)).status).toBe('unhealthy');
    await test.clock.advance(10 * second);
    expect((await statusOf(test)).status).toBe('healthy');
  });

  it('warns at once of a unit that its own counter shows to be in a crash loop', async () => {
    const test = await machineWith({ services: ['web.service'] });
    test.ssh.outputs.set(ssh, inside({ restarts: 100 }));
    await test.clock.advance(2 * second);
    expect((await statusOf(test)).status).toBe('healthy');
    test.ssh.outputs.set(ssh, inside({ restarts: 105 }));
    await test.clock.advance(10 * second);
    expect((await statusOf(test)).status).toBe('healthy');
    test.ssh.outputs.set(ssh, inside({ restarts: 106 }));
    await test.clock.advance(10 * second);
    expect(await statusOf(test)).toMatchObject({ status: 'degraded', reason: expect.stringContaining('crash loop') });
    await test.clock.advance(310 * second);
    expect((await statusOf(test)).status).toBe('healthy');
  });

  it('counts no failure of any check while it is starting up', async () => {
    const test = await machineWith({ check_http: ['http://10.0.0.5/'], start_allowance_seconds: 60 });
    test.probes.findings.set('http://10.0.0.5/', 'refused');
    // The machine came up at the moment the clock began.
    await test.clock.advance(50 * second);
    expect(await statusOf(test)).toMatchObject({ status: 'unknown', method: 'http' });
    await test.clock.advance(40 * second);
    expect(await statusOf(test)).toMatchObject({ status: 'unhealthy', method: 'http' });
  });

  it('takes a check that does not come back for one that cannot tell, and its late answer for none', async () => {
    const test = await machineWith({ check_tcp: [80], health_check_timeout: 5 }, [
      { host: 2222, guest: 22 },
      { host: 8080, guest: 80 },
    ]);
    let open = (): void => {};
    test.probes.gate = new Promise((resolve) => {
      open = resolve;
    });
    // The next one has not begun yet.
    await test.clock.advance(9.5 * second);
    const late = await statusOf(test);
    expect(late).toMatchObject({ status: 'healthy', method: 'ssh' });
    expect(late.checks.find(({ method }) => method === 'tcp')).toMatchObject({
      kind: 'unknown',
      reason: 'The check did not come back in time.',
    });
    test.probes.findings.set('127.0.0.1:8080', 'refused');
    open();
    await test.clock.advance(0);
    expect((await statusOf(test)).checks.find(({ method }) => method === 'tcp')?.kind).toBe('unknown');
  });

  it('is checked without SSH when something else is to be looked at', async () => {
    const test = await machineWith({ check_http: ['http://10.0.0.5/'] }, []);
    await test.clock.advance(2 * second);
    const status = await statusOf(test);
    expect(status).toMatchObject({ status: 'healthy', sshReachable: null, sshFailures: 0 });
    expect(status.checks.map(({ method }) => method).sort()).toEqual(['http', 'power', 'process']);
    test.probes.statuses.set('http://10.0.0.5/', 500);
    await test.clock.advance(30 * second);
    expect(await statusOf(test)).toMatchObject({ status: 'unhealthy', method: 'http' });
  });

  it('forgets a check that is no longer wanted, and takes up a new one soon', async () => {
    const test = await machineWith({ services: ['web.service'] });
    test.ssh.outputs.set(ssh, inside({ active: 'failed', sub: 'failed' }));
    await test.clock.advance(32 * second);
    expect((await statusOf(test)).status).toBe('unhealthy');
    await test.engine.handlers['lifecycle.enable'](
      { machine: 'demo', watch: { services: [], check_console: ['panic'], check_interval_seconds: 3600 } },
      someone,
    );
    await test.clock.advance(2 * second);
    const status = await statusOf(test);
    expect(status.status).toBe('healthy');
    expect(status.checks.map(({ method }) => method)).toContain('console');
    expect(status.checks.map(({ method }) => method)).not.toContain('unit');
  });

  it('looks at readings only while they are fresh', async () => {
    const test = await machineWith({});
    const report = (used: number) =>
      `=vigil= /proc/stat\ncpu 1 1 1 1\n=vigil= /proc/meminfo\nMemTotal: 100 kB\nMemAvailable: 50 kB\n=vigil= df\nx\n/dev/vda 100 ${used} ${100 - used} ${used}% /\n`;
    test.ssh.outputs.set(ssh, report(95));
    await test.clock.advance(100 * second);
    const disk = async () => (await statusOf(test)).checks.find(({ method }) => method === 'disk');
    expect(await disk()).toMatchObject({ kind: 'failed', reason: 'Its disk is 95 % full; 90 % is critical.' });
    test.ssh.hanging.add(ssh);
    await test.clock.advance(300 * second);
    expect((await disk())?.kind).toBe('unknown');
  });

  it('goes by a reading for two rounds of reading and no longer, when no other comes after it', async () => {
    const test = await machineWith({});
    const report =
      '=vigil= /proc/stat\ncpu 1 1 1 1\n=vigil= /proc/meminfo\nMemTotal: 100 kB\nMemAvailable: 50 kB\n=vigil= df\nx\n/dev/vda 100 95 5 95% /\n';
    test.ssh.outputs.set(ssh, report);
    const kinds = async () =>
      (await statusOf(test)).checks
        .filter(({ method }) => method === 'disk' || method === 'memory')
        .map(({ method, kind }) => `${method}: ${kind}`)
        .sort();
    const asRead = ['disk: failed', 'memory: ok'];
    await test.clock.advance(50 * second);
    // From here on what is read is never kept, so that no further round begins.
    test.metrics.append = () => new Promise(() => {});
    const before = test.events.of('metrics.collected').length;
    let readAt = Number.NaN;
    while (Number.isNaN(readAt)) {
      await test.clock.advance(second);
      if (test.events.of('metrics.collected').length > before) readAt = test.clock.wallNow();
    }
    await test.clock.advance(12 * second);
    expect(await kinds()).toEqual(asRead);
    await test.clock.advance(readAt + 119 * second - test.clock.wallNow());
    expect(await kinds()).toEqual(asRead);
    await test.clock.advance(12 * second);
    expect(await kinds()).toEqual(['disk: unknown', 'memory: unknown']);
  });
});

describe('a line on the console', () => {
  const panic = { check_console: ['Kernel panic'], ssh_failure_threshold: 1 };

  it('that speaks of trouble makes a machine unhealthy for the rest of its run', async () => {
    const test = await machineWith(panic);
    await test.clock.advance(2 * second);
    expect((await statusOf(test)).status).toBe('healthy');
    test.provider.console.printed.push({ from: 500, text: 'Kernel panic - not syncing' });
    await test.clock.advance(30 * second);
    expect(await statusOf(test)).toMatchObject({
      status: 'unhealthy',
      reason: 'The console says: Kernel panic - not syncing',
    });
  });

  it('from before a reboot no longer counts', async () => {
    const test = await machineWith({ ...panic, services: ['web.service'] });
    test.ssh.outputs.set(ssh, inside({ boot: 'one' }));
    test.provider.console.printed.push({ from: 500, text: 'Kernel panic - not syncing' });
    await test.clock.advance(2 * second);
    expect((await statusOf(test)).status).toBe('unhealthy');
    test.provider.console.end = 900;
    test.ssh.outputs.set(ssh, inside({ boot: 'two' }));
    await test.clock.advance(20 * second);
    expect((await statusOf(test)).status).toBe('healthy');
  });
});

describe('a reboot between two checks', () => {
  it('that nobody here asked for is told once, and the machine may take its time to come up', async () => {
    const test = await machineWith({ services: ['web.service'], start_allowance_seconds: 60 });
    test.ssh.outputs.set(ssh, inside({ boot: 'one' }));
    await test.clock.advance(100 * second);
    expect(test.actions()).not.toContain('machine.rebooted');
    test.ssh.outputs.set(ssh, inside({ boot: 'two', active: 'activating', sub: 'start' }));
    await test.clock.advance(50 * second);
    expect(test.store.journal.filter(({ action }) => action === 'machine.rebooted')).toMatchObject([
      { actor: 'engine', summary: "'demo' restarted by itself between two checks." },
    ]);
    expect((await statusOf(test)).checks.find(({ method }) => method === 'unit')?.failures).toBe(0);
    await test.clock.advance(60 * second);
    expect((await statusOf(test)).status).toBe('unhealthy');
  });
});

describe('a check that somebody asks for', () => {
  it('takes a round now and says what it alone has found', async () => {
    const test = await machineWith({ check_interval_seconds: 3600 });
    await test.clock.advance(2 * second);
    const checks = test.ssh.checks.length;
    test.ssh.findings.set(ssh, 'refused');
    const [round] = await test.engine.handlers['health.check']({ machine: 'demo' }, someone);
    expect(test.ssh.checks.length).toBe(checks + 1);
    expect(round).toMatchObject({ machine: 'demo', status: 'unhealthy', reason: `SSH at ${ssh}: refused.` });
    expect((await statusOf(test)).status).toBe('healthy');
  });

  it('counts a failure once, however often it is asked for', async () => {
    const test = await machineWith({ check_interval_seconds: 60 });
    await test.clock.advance(2 * second);
    test.ssh.findings.set(ssh, 'refused');
    for (let asked = 0; asked < 10; asked += 1) await test.engine.handlers['health.check']({}, someone);
    expect(await statusOf(test)).toMatchObject({ status: 'healthy', sshFailures: 1 });
  });

  it('of a machine that is not checked says so', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo' });
    expect(await test.engine.handlers['health.check']({ machine: 'demo' }, someone)).toMatchObject([
      { status: 'not-applicable', checks: [] },
    ]);
    expect(await test.engine.handlers['health.check']({}, someone)).toEqual([]);
  });
});
