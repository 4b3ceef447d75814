import { describe, expect, it } from 'vitest';
import { SshHostDraft } from '../../../../main/contract/ssh-host.ts';
import type { SshCheck } from '../../../../main/engine/ports/ssh.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { FakeSsh } from '../../../support/fake-ports.ts';
import type { ManualClock } from '../../../support/manual-clock.ts';

const second = 1000;

/** A machine with a forward to port 22 that runs and is watched every 10 s, its start allowance over. */
async function watchedMachine(): Promise<EngineUnderTest> {
  const test = await engineUnderTest();
  await test.create({ name: 'demo', start: true, forwards: [{ host: 2222, guest: 22 }] });
  await test.engine.handlers['lifecycle.enable'](
    { machine: 'demo', watch: { check_interval_seconds: 10, start_allowance_seconds: 0 } },
    someone,
  );
  return test;
}

async function healthOf(test: EngineUnderTest, name = 'demo') {
  const machines = await test.engine.handlers['machine.list']({}, someone);
  return machines.find((machine) => machine.name === name)?.health;
}

describe('a watched machine', () => {
  it('is checked through its forward, as the account that runs Vigil', async () => {
    const test = await watchedMachine();
    await test.clock.advance(2 * second);
    expect(test.ssh.checks).toEqual(['dev@127.0.0.1:2222']);
    expect(await healthOf(test)).toMatchObject({ status: 'healthy', sshReachable: true, method: 'ssh' });
  });

  it('is watched as it was asked for before it was there', async () => {
    const test = await engineUnderTest();
    await test.lifecycle.change('demo', { check_interval_seconds: 10, start_allowance_seconds: 0 });
    test.lifecycle.edit(await test.lifecycle.read());
    await test.create({ name: 'demo', start: true, forwards: [{ host: 2222, guest: 22 }] });
    await test.clock.advance(2 * second);
    expect(await healthOf(test)).toMatchObject({ status: 'healthy' });
  });

  it('turns unhealthy with the third failure in a row, and is healthy again with the first success', async () => {
    const test = await watchedMachine();
    await test.clock.advance(2 * second);
    test.ssh.findings.set('127.0.0.1:2222', 'refused');
    await test.clock.advance(20 * second);
    expect(await healthOf(test)).toMatchObject({ status: 'healthy', sshFailures: 2, sshReachable: false });
    await test.clock.advance(10 * second);
    expect(await healthOf(test)).toMatchObject({ status: 'unhealthy', sshFailures: 3 });
    expect(test.actions().filter((action) => action === 'health.changed')).toHaveLength(1);
    expect((await test.engine.handlers['lifecycle.status']({ machine: 'demo' }, someone))[0]).toMatchObject({
      sshFailures: 3,
      sshThreshold: 3,
      lastStatus: 'unhealthy',
      target: 'dev@127.0.0.1:2222',
    });
    test.ssh.findings.delete('127.0.0.1:2222');
    await test.clock.advance(10 * second);
    expect(await healthOf(test)).toMatchObject({ status: 'healthy', sshFailures: 0 });
  });

  it('with a changed host key is a matter of security, never down', async () => {
    const test = await watchedMachine();
    test.ssh.findings.set('127.0.0.1:2222', 'host-key-changed');
    await test.clock.advance(60 * second);
    expect(await healthOf(test)).toMatchObject({
      status: 'degraded',
      sshFailures: 0,
      reason: expect.stringMatching(/^Security: /),
    });
  });

  it('that does not answer says what can be done about it', async () => {
    const test = await watchedMachine();
    for (const finding of ['refused', 'timeout', 'unreachable', 'no-banner', 'closed'] as const) {
      test.ssh.findings.set('127.0.0.1:2222', finding);
      await test.clock.advance(12 * second);
      const [status] = await test.engine.handlers['lifecycle.status']({ machine: 'demo' }, someone);
      expect(status?.advice, finding).toMatch(/^See whether /);
    }
  });

  it('takes a shorter interval at once, not after the long one is over', async () => {
    const test = await watchedMachine();
    await test.engine.handlers['lifecycle.enable'](
      { machine: 'demo', watch: { check_interval_seconds: 3600 } },
      someone,
    );
    await test.clock.advance(12 * second);
    const before = test.ssh.checks.length;
    await test.engine.handlers['lifecycle.enable']({ machine: 'demo', watch: { check_interval_seconds: 5 } }, someone);
    await test.clock.advance(6 * second);
    expect(test.ssh.checks.length).toBe(before + 1);
  });

  it('that is stopped has no health, and nobody knocks at its door', async () => {
    const test = await watchedMachine();
    await test.clock.advance(2 * second);
    await test.ended(test.engine.handlers['machine.stop']({ machine: 'demo', force: true }, someone));
    const knocks = test.ssh.checks.length;
    await test.clock.advance(60 * second);
    expect(test.ssh.checks).toHaveLength(knocks);
    expect(await healthOf(test)).toMatchObject({ status: 'not-applicable', lastCheck: null });
  });

  it('that is stopped keeps nobody awake: many of them are looked at together, and each again as soon as it runs', async () => {
    const test = await engineUnderTest();
    for (let index = 0; index < 20; index += 1) {
      await test.create({ name: `demo-${index}`, forwards: [{ host: 2300 + index, guest: 22 }] });
      await test.engine.handlers['lifecycle.enable']({ machine: `demo-${index}`, watch: {} }, someone);
    }
    await test.clock.advance(60 * second);
    let wakes = 0;
    for (let left = 60 * second; left > 0; wakes += 1) {
      const next = Math.max(1, test.clock.nextDueMs ?? left);
      await test.clock.advance(next);
      left -= next;
    }
    // Of which every other second belongs to the watcher itself.
    expect(wakes).toBeLessThan(40);
    await test.engine.handlers['machine.start']({ machine: 'demo-7' }, someone);
    await test.clock.advance(2 * second);
    expect(test.ssh.checks).toEqual(['dev@127.0.0.1:2307']);
    await test.engine.stop();
  });

  it('begins anew with every run: failures of the last one do not count', async () => {
    const test = await watchedMachine();
    test.ssh.findings.set('127.0.0.1:2222', 'timeout');
    await test.clock.advance(12 * second);
    expect((await healthOf(test))?.sshFailures).toBe(2);
    await test.ended(test.engine.handlers['machine.restart']({ machine: 'demo', force: true }, someone));
    expect(await healthOf(test)).toMatchObject({ status: 'unknown', sshFailures: 0 });
    await test.clock.advance(2 * second);
    expect((await healthOf(test))?.sshFailures).toBe(1);
  });

  it('whose check ends after it was stopped is not judged by it', async () => {
    const test = await watchedMachine();
    let open = (): void => {};
    test.ssh.gate = new Promise((resolve) => {
      open = resolve;
    });
    await test.clock.advance(2 * second);
    test.ssh.findings.set('127.0.0.1:2222', 'refused');
    await test.ended(test.engine.handlers['machine.stop']({ machine: 'demo', force: true }, someone));
    open();
    await test.clock.advance(0);
    expect(await healthOf(test)).toMatchObject({ status: 'not-applicable', sshFailures: 0 });
  });

  it('is watched no longer when that is switched off', async () => {
    const test = await watchedMachine();
    await test.clock.advance(2 * second);
    await test.engine.handlers['lifecycle.disable']({ machine: 'demo' }, someone);
    const knocks = test.ssh.checks.length;
    await test.clock.advance(60 * second);
    expect(test.ssh.checks).toHaveLength(knocks);
    expect((await healthOf(test))?.status).toBe('not-applicable');
  });

  it('to which nothing leads is refused with the field', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', start: true });
    await expect(async () =>
      test.engine.handlers['lifecycle.enable']({ machine: 'demo', watch: {} }, someone),
    ).rejects.toMatchObject({
      code: 'bad-input',
      field: 'ssh_port',
    });
  });

  it('leaves nothing open when the engine stops', async () => {
    const test = await watchedMachine();
    await test.clock.advance(2 * second);
    await test.engine.stop();
    expect(test.engine.open).toEqual([]);
    expect(test.clock.waiting).toBe(0);
  });
});

describe('a check that takes long', () => {
  /** Every check takes `takesMs` of the clock and fails. */
  class SlowSsh extends FakeSsh {
    clock: ManualClock | null = null;
    takesMs = 0;
    readonly begunMs: number[] = [];
    underWay = 0;
    mostAtOnce = 0;

    override async check(): Promise<SshCheck> {
      this.begunMs.push(this.clock?.monotonicNow() ?? 0);
      this.underWay += 1;
      this.mostAtOnce = Math.max(this.mostAtOnce, this.underWay);
      await new Promise<void>((resolve) => this.clock?.after(this.takesMs, resolve));
      this.underWay -= 1;
      return { finding: 'timeout', reason: 'Nobody answered.', durationMs: this.takesMs };
    }
  }

  /** Checked every 10 s, its limit long enough for any of these checks. */
  async function slowly(takesMs: number): Promise<{ readonly test: EngineUnderTest; readonly ssh: SlowSsh }> {
    const ssh = new SlowSsh();
    ssh.takesMs = takesMs;
    const test = await engineUnderTest({ ssh });
    ssh.clock = test.clock;
    await test.create({ name: 'demo', start: true, forwards: [{ host: 2222, guest: 22 }] });
    await test.engine.handlers['lifecycle.enable'](
      { machine: 'demo', watch: { check_interval_seconds: 10, health_check_timeout: 60, start_allowance_seconds: 0 } },
      someone,
    );
    return { test, ssh };
  }
  const gaps = ({ begunMs }: SlowSsh) => begunMs.slice(1).map((at, index) => at - (begunMs[index] ?? 0));

  it('does not put off the next one: three failures take three intervals', async () => {
    const { test, ssh } = await slowly(9 * second);
    await test.clock.advance(2 * second);
    await test.clock.advance(29 * second);
    expect(gaps(ssh).slice(0, 2)).toEqual([10 * second, 10 * second]);
    expect(await healthOf(test)).toMatchObject({ status: 'unhealthy', sshFailures: 3 });
    expect(ssh.mostAtOnce).toBe(1);
  });

  it('is over before the next one begins, which then comes at once', async () => {
    const { test, ssh } = await slowly(25 * second);
    await test.clock.advance(120 * second);
    expect(gaps(ssh)).toEqual([25, 25, 25, 25].map((each) => each * second));
    expect(ssh.mostAtOnce).toBe(1);
  });
});

describe('an SSH host', () => {
  it('is a machine of the fleet: watched, listed, its verbs refused in words', async () => {
    const test = await engineUnderTest();
    const added = await test.engine.handlers['host.add'](
      SshHostDraft.parse({ name: 'lab-pi', address: '192.0.2.7', user: 'pi' }),
      someone,
    );
    expect(added).toMatchObject({ provider: 'ssh', address: '192.0.2.7', capabilities: ['delete', 'ssh'] });
    await test.clock.advance(2 * second);
    expect(test.ssh.checks).toEqual(['pi@192.0.2.7:22']);
    expect(await test.engine.handlers['machine.list']({ provider: 'ssh' }, someone)).toMatchObject([
      { name: 'lab-pi', state: 'running', health: { status: 'healthy' } },
    ]);
    await expect(async () =>
      test.engine.handlers['machine.start']({ machine: 'lab-pi' }, someone),
    ).rejects.toMatchObject({ code: 'refused' });
  });

  it('counts as running until its checks have failed often enough: one lost probe is no riddle', async () => {
    const test = await engineUnderTest();
    await test.engine.handlers['host.add'](SshHostDraft.parse({ name: 'lab-pi', address: '192.0.2.7' }), someone);
    await test.engine.handlers['lifecycle.enable'](
      { machine: 'lab-pi', watch: { check_interval_seconds: 10 } },
      someone,
    );
    const seen = async () => {
      const { machine } = await test.engine.handlers['machine.get']({ machine: 'lab-pi' }, someone);
      return [machine.state, machine.health.sshFailures, machine.health.sshReachable];
    };
    await test.clock.advance(2 * second);
    expect(await seen()).toEqual(['running', 0, true]);
    test.ssh.findings.set('192.0.2.7:22', 'refused');
    await test.clock.advance(20 * second);
    expect(await seen()).toEqual(['running', 2, false]);
    await test.clock.advance(10 * second);
    expect(await seen()).toEqual(['unknown', 3, false]);
    test.ssh.findings.set('192.0.2.7:22', 'host-key-changed');
    await test.clock.advance(10 * second);
    expect(await seen()).toEqual(['running', 0, null]);
  });

  it('keeps the trust it was added with when only its interval is changed', async () => {
    const test = await engineUnderTest();
    const draft = SshHostDraft.parse({ name: 'lab-pi', address: '192.0.2.7', trustOnFirstUse: true });
    await test.engine.handlers['host.add'](draft, someone);
    await test.engine.handlers['lifecycle.enable'](
      { machine: 'lab-pi', watch: { check_interval_seconds: 10 } },
      someone,
    );
    await test.clock.advance(2 * second);
    expect(test.ssh.targets.at(-1)).toMatchObject({ host: '192.0.2.7', trustOnFirstUse: true });
  });

  it('keeps its name to itself', async () => {
    const test = await engineUnderTest();
    const draft = SshHostDraft.parse({ name: 'lab-pi', address: '192.0.2.7' });
    await test.engine.handlers['host.add'](draft, someone);
    await expect(async () => test.engine.handlers['host.add'](draft, someone)).rejects.toMatchObject({
      code: 'bad-input',
      field: 'name',
    });
    await expect(test.create({ name: 'lab-pi' })).rejects.toMatchObject({ code: 'bad-input', field: 'name' });
  });

  it('is there again under the next engine, and gone when it was removed', async () => {
    const first = await engineUnderTest();
    await first.engine.handlers['host.add'](SshHostDraft.parse({ name: 'lab-pi', address: '192.0.2.7' }), someone);
    const second_ = await engineUnderTest({ store: first.store });
    expect((await second_.engine.handlers['machine.list']({}, someone)).map((machine) => machine.name)).toEqual([
      'lab-pi',
    ]);
    await second_.engine.handlers['host.remove']({ machine: 'lab-pi' }, someone);
    expect(await second_.engine.handlers['machine.list']({}, someone)).toEqual([]);
    expect(second_.store.hosts.size).toBe(0);
    expect(second_.events.of('machine.removed')).toHaveLength(1);
  });
});
