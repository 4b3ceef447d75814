import { describe, expect, it } from 'vitest';
import type { HealingRung } from '../../../../main/contract/healing.ts';
import type { WatchPatch } from '../../../../main/contract/lifecycle.ts';
import type { MachineEnd } from '../../../../main/engine/ports/machine-provider.ts';
import { auditFaults } from '../../../support/audit-faults.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const killed: MachineEnd = { kind: 'killed', summary: 'killed by signal 9', consoleTail: '', events: '[]' };

/** A machine that runs and is watched every minute, worked on so long ago that nobody is in the way. */
async function armed(watch: WatchPatch = {}): Promise<EngineUnderTest> {
  const test = await engineUnderTest();
  await test.create({ name: 'demo', start: true, forwards: [{ host: 2222, guest: 22 }] });
  await test.engine.handlers['lifecycle.enable'](
    { machine: 'demo', watch: { restart_policy: 'on-failure', start_allowance_seconds: 0, ...watch } },
    someone,
  );
  await test.clock.advance(16 * minute);
  return test;
}

const record = (test: EngineUnderTest) => [...test.store.machines.values()][0];

/** Its process is gone, and nobody asked for it. */
function kill(test: EngineUnderTest): void {
  const { id = '', generation = 0 } = record(test) ?? {};
  test.provider.processes.delete(id);
  test.provider.report({ kind: 'ended', id, generation, end: killed });
}

const healing = (test: EngineUnderTest) =>
  test.store.journal
    .filter(({ action }) => action.startsWith('healing.'))
    .map(({ action, details }) => ({ action, ...details }));
const starts = (test: EngineUnderTest) => test.store.journal.filter(({ action }) => action === 'machine.started');
const status = (test: EngineUnderTest) => test.engine.handlers['lifecycle.healing']({ machine: 'demo' }, someone);

describe('a machine that was killed', () => {
  it('is started again after the first wait, with an intent before and an outcome after', async () => {
    const test = await armed();
    kill(test);
    await test.clock.advance(9 * second);
    expect(record(test)?.state).toBe('failed');
    expect(await status(test)).toMatchObject({ decision: { kind: 'refuse', guard: 'budget' } });
    await test.clock.advance(2 * second);
    expect(record(test)).toMatchObject({ state: 'running', wanted: 'running' });
    const story = test.store.journal.filter(({ action }) => action !== 'accelerator.fallback').slice(-5);
    const [, intended, started, done] = story;
    expect(story.map(({ action }) => action)).toEqual([
      'healing.refused',
      'healing.intended',
      'machine.started',
      'healing.done',
      'health.changed',
    ]);
    expect(started).toMatchObject({ actor: 'engine', cause: intended?.id });
    expect(done).toMatchObject({ cause: intended?.id, summary: "Vigil restarted 'demo'." });
    expect(await status(test)).toMatchObject({ failure: null, restarts: { used: 1, allowed: 6, lastHour: 1 } });
  });

  it('stays down where its policy is never, and the one refusal says so', async () => {
    const test = await armed({ restart_policy: 'never' });
    kill(test);
    await test.clock.advance(hour);
    expect(record(test)?.state).toBe('failed');
    expect(healing(test)).toEqual([{ action: 'healing.refused', guard: 'policy', failure: 'ended', policy: 'never' }]);
  });

  it('is only spoken of in a dry run', async () => {
    const test = await armed({ dry_run: true });
    kill(test);
    await test.clock.advance(hour);
    expect(record(test)?.state).toBe('failed');
    expect(healing(test).map(({ action }) => action)).toEqual(['healing.refused', 'healing.rehearsed']);
  });

  it('for which nothing could be done is not given up in a dry run: that is only spoken of, too', async () => {
    const test = await armed({ dry_run: true, ladder: ['reboot'] });
    kill(test);
    await test.clock.advance(hour);
    const told = test.store.journal.filter(({ action }) => action.startsWith('healing.')).at(-1);
    expect(told).toMatchObject({
      action: 'healing.rehearsed',
      summary: "Dry run: Vigil would give up on 'demo' now. There is nothing left that may be tried.",
      details: { guard: 'ladder' },
    });
    expect(test.actions()).not.toContain('healing.gave-up');
    const { sentences } = await test.engine.handlers['machine.why']({ machine: 'demo' }, someone);
    expect(sentences).toContain('Dry run: Vigil would give up on it. There is nothing left that may be tried.');
    expect(sentences.join(' ')).not.toContain('has given up');
  });

  it('that a person stopped meanwhile stays stopped', async () => {
    const test = await armed();
    kill(test);
    await test.clock.advance(5 * second);
    await test.engine.handlers['machine.stop']({ machine: 'demo', force: true }, someone);
    await test.clock.advance(hour);
    expect(record(test)?.state).toBe('stopped');
    expect(starts(test)).toHaveLength(1);
  });

  it('waits while healing is paused, across a restart of the engine, and is healed when that is over', async () => {
    const before = await armed();
    await before.engine.handlers['lifecycle.pause']({ seconds: 600 }, someone);
    kill(before);
    await before.clock.advance(minute);
    expect(healing(before).at(-1)).toMatchObject({ action: 'healing.refused', guard: 'paused' });
    await before.engine.stop();
    const test = await engineUnderTest({ ...before, store: before.store.copy(), startAt: before.clock.wallNow() });
    await test.clock.advance(8 * minute);
    expect(record(test)?.state).toBe('failed');
    await test.clock.advance(2 * minute);
    expect(record(test)?.state).toBe('running');
    expect(await test.engine.handlers['lifecycle.healing-pause']({}, someone)).toEqual({ paused: false });
  });
});

describe('a machine that does not get well', () => {
  it('is restarted at most three times an hour and six times in all, and then only a person goes on', async () => {
    const test = await armed();
    const begun = test.clock.wallNow();
    for (let minutes = 0; minutes < 24 * 60; minutes += 1) {
      if (record(test)?.state === 'running') kill(test);
      await test.clock.advance(minute);
    }
    const moments = starts(test)
      .filter(({ actor }) => actor === 'engine')
      .map(({ at }) => Date.parse(at) - begun);
    expect(moments).toHaveLength(6);
    for (const [index, moment] of moments.entries()) {
      const third = moments[index + 3];
      if (third !== undefined) expect(third - moment).toBeGreaterThanOrEqual(hour);
    }
    expect(await status(test)).toMatchObject({ tripped: true, decision: { kind: 'give-up', guard: 'tripped' } });
    expect(healing(test).filter(({ action }) => action === 'healing.gave-up')).toHaveLength(1);
    expect(await test.engine.handlers['lifecycle.release']({ machine: 'demo' }, someone)).toMatchObject({
      tripped: false,
      restarts: { used: 0 },
    });
    await test.clock.advance(minute);
    expect(record(test)?.state).toBe('running');
  });

  it('has no more restarts when the engine is killed before, in the middle of and after each of them', async () => {
    let test = await armed();
    for (let round = 0; round < 60; round += 1) {
      if (record(test)?.state === 'running') kill(test);
      // Some of these fall between intent and outcome: the start is held then.
      let release = (): void => {};
      if (round % 3 === 1) {
        test.provider.startGate = new Promise((resolve) => {
          release = resolve;
        });
      }
      await test.clock.advance(round % 2 === 0 ? 11 * second : 20 * minute);
      const store = test.store.copy();
      const { provider, definitions, lifecycle, clock } = test;
      release();
      provider.startGate = null;
      for (const id of provider.processes.keys())
        if (store.machines.get(id)?.runtime === null) provider.processes.delete(id);
      test = await engineUnderTest({ store, provider, definitions, lifecycle, startAt: clock.wallNow() });
      await test.clock.advance(second);
    }
    const intents = test.store.journal.filter(({ action }) => action === 'healing.intended');
    expect(intents.length).toBeLessThanOrEqual(6);
    expect(intents.length).toBeGreaterThanOrEqual(3);
    const outcomes = test.store.journal.filter(({ action }) =>
      ['healing.done', 'healing.failed', 'healing.interrupted'].includes(action),
    );
    expect(outcomes).toHaveLength(intents.length);
    expect(auditFaults(test.store.journal)).toEqual([]);
  });
});

describe('a machine whose SSH is down', () => {
  it('is restarted with the third failed check when nothing speaks against it', async () => {
    const test = await armed();
    test.ssh.findings.set('127.0.0.1:2222', 'refused');
    await test.clock.advance(2 * minute);
    expect(healing(test)).toEqual([
      { action: 'healing.refused', guard: 'policy', failure: 'unreachable', policy: 'on-failure' },
    ]);
    await test.clock.advance(minute);
    expect(
      healing(test)
        .slice(1, 3)
        .map(({ action }) => action),
    ).toEqual(['healing.intended', 'healing.done']);
    expect(test.store.journal.find(({ action }) => action === 'machine.restarted')).toMatchObject({ actor: 'engine' });
  });

  it('that is healthy after it was restarted is told to be so again, once', async () => {
    const test = await armed();
    test.ssh.findings.set('127.0.0.1:2222', 'refused');
    await test.clock.advance(2.5 * minute);
    test.ssh.findings.clear();
    await test.clock.advance(10 * minute);
    const turns = test.store.journal
      .filter(({ action }) => action === 'health.changed')
      .map(({ details }) => details.status);
    expect(turns).toEqual(['unhealthy', 'healthy']);
    kill(test);
    await test.clock.advance(10 * minute);
    expect(test.store.journal.filter(({ action }) => action === 'health.changed').at(-1)?.details.status).toBe(
      'healthy',
    );
    expect(test.store.journal.filter(({ action }) => action === 'health.changed')).toHaveLength(3);
  });

  it('is left alone for a while after a person worked on it', async () => {
    const test = await armed();
    await test.ended(test.engine.handlers['machine.restart']({ machine: 'demo', force: true }, someone));
    test.ssh.findings.set('127.0.0.1:2222', 'refused');
    await test.clock.advance(14 * minute);
    expect(healing(test).at(-1)).toMatchObject({ action: 'healing.refused', guard: 'recent-action' });
    await test.clock.advance(2 * minute);
    expect(healing(test).map(({ action }) => action)).toContain('healing.done');
  });

  it('keeps its machine when its agent answers: only the unit of SSH is restarted', async () => {
    const test = await armed();
    test.provider.guest.looks.set('demo', { present: true, os: null, hostName: null, addresses: [], fileSystems: [] });
    test.ssh.findings.set('127.0.0.1:2222', 'refused');
    await test.clock.advance(3 * minute);
    expect(test.provider.guest.calls).toContain('run demo: /bin/systemctl restart sshd.service');
    expect(test.actions()).not.toContain('machine.restarted');
    expect(healing(test).map(({ action }) => action)).toContain('healing.done');
    // It did not help, and goes on not helping: the machine itself is never touched.
    await test.clock.advance(6 * hour);
    expect(test.actions()).not.toContain('machine.restarted');
    const units = test.provider.guest.calls.filter((call) => call.startsWith('run demo'));
    expect(units.length).toBeLessThanOrEqual(5);
    expect(await status(test)).toMatchObject({ tripped: false });
  });

  it('is not healed for a changed host key, whatever the policy', async () => {
    const test = await armed({ restart_policy: 'always' });
    test.ssh.findings.set('127.0.0.1:2222', 'host-key-changed');
    await test.clock.advance(hour);
    expect(healing(test)).toEqual([
      { action: 'healing.refused', guard: 'failure-kind', failure: 'host-key', policy: 'always' },
    ]);
  });

  it('is not healed in a maintenance window, and is right after it', async () => {
    const test = await armed({ maintenance: ['daily 00:00-23:59'] });
    test.ssh.findings.set('127.0.0.1:2222', 'timeout');
    await test.clock.advance(30 * minute);
    expect(healing(test).at(-1)).toMatchObject({ action: 'healing.refused', guard: 'maintenance' });
    expect(test.actions()).not.toContain('machine.restarted');
  });

  it('waits for the machine that it depends on', async () => {
    const test = await armed({ depends_on: ['db'] });
    await test.create({ name: 'db', start: true, forwards: [{ host: 2223, guest: 22 }] });
    await test.engine.handlers['lifecycle.enable'](
      { machine: 'db', watch: { restart_policy: 'never', start_allowance_seconds: 0 } },
      someone,
    );
    test.ssh.findings.set('127.0.0.1:2222', 'refused');
    test.ssh.findings.set('127.0.0.1:2223', 'refused');
    await test.clock.advance(10 * minute);
    expect(healing(test).at(-1)).toMatchObject({ guard: 'dependencies' });
    test.ssh.findings.delete('127.0.0.1:2223');
    await test.clock.advance(3 * minute);
    expect(test.actions()).toContain('machine.restarted');
  });
});

describe('why', () => {
  it('tells what is wanted, what is seen and what was decided, with what led there', async () => {
    const test = await armed({ restart_policy: 'never' });
    kill(test);
    await test.clock.advance(minute);
    const { sentences, story } = await test.engine.handlers['machine.why']({ machine: 'demo' }, someone);
    expect(sentences).toEqual([
      "'demo' is failed; it is meant to be running.",
      expect.stringMatching(/^Its health: Unhealthy since .*killed by signal 9/),
      'It is not healed, because: Its policy is never: nothing is restarted without being asked.',
    ]);
    expect(story.slice(0, 3).map(({ action }) => action)).toEqual([
      'healing.refused',
      'machine.ended',
      'watch.changed',
    ]);
  });
});

describe('a machine that never came up', () => {
  it.each([
    ['on-failure', 3],
    ['always', 1],
  ] as const)(
    'is restarted by the policy %s after %i failed checks that count, not at the end of its time to start',
    async (policy, needed) => {
      const test = await engineUnderTest();
      await test.create({ name: 'demo', forwards: [{ host: 2222, guest: 22 }] });
      await test.engine.handlers['lifecycle.enable'](
        { machine: 'demo', watch: { restart_policy: policy, start_allowance_seconds: 1800 } },
        someone,
      );
      test.ssh.findings.set('127.0.0.1:2222', 'no-banner');
      await test.ended(test.engine.handlers['machine.start']({ machine: 'demo' }, someone));
      await test.clock.advance(1795 * second);
      expect(await status(test)).toMatchObject({ decision: { kind: 'refuse', guard: 'start-allowance' } });
      // The next failed check is the first that counts.
      const over = test.clock.monotonicNow() + 5 * second;
      while (!test.actions().includes('healing.intended')) await test.clock.advance(second);
      const intervals = Math.ceil((test.clock.monotonicNow() - over) / minute);
      expect(intervals).toBe(needed);
    },
  );
});

describe('a policy over the recorded past', () => {
  it('shows what it would have done, and changes nothing', async () => {
    const test = await armed({ restart_policy: 'never' });
    kill(test);
    await test.clock.advance(hour);
    const before = test.store.journal.length;
    const { failures, restarts, steps } = await test.engine.handlers['lifecycle.rehearse'](
      { machine: 'demo', policy: 'on-failure', days: 30 },
      someone,
    );
    expect([failures, restarts]).toEqual([1, 1]);
    expect(steps.map(({ kind }) => kind)).toEqual(['failed', 'would-act']);
    expect(Date.parse(steps[1]?.at ?? '') - Date.parse(steps[0]?.at ?? '')).toBe(10 * second);
    expect(test.store.journal).toHaveLength(before);
    const never = await test.engine.handlers['lifecycle.rehearse'](
      { machine: 'demo', policy: 'never', days: 30 },
      someone,
    );
    expect(never).toMatchObject({ failures: 1, restarts: 0 });
  });

  it('goes by the ladder that is being chosen, not by the one that was kept', async () => {
    const test = await armed({ restart_policy: 'never', ladder: ['restart'] });
    kill(test);
    await test.clock.advance(hour);
    const rehearse = async (ladder?: HealingRung[]) => {
      const asked = { machine: 'demo', policy: 'on-failure', days: 30 } as const;
      const { restarts, steps } = await test.engine.handlers['lifecycle.rehearse'](
        ladder === undefined ? asked : { ...asked, ladder },
        someone,
      );
      return [restarts, steps.at(-1)?.kind];
    };
    expect(await rehearse()).toEqual([1, 'would-act']);
    expect(await rehearse(['hard-restart'])).toEqual([1, 'would-act']);
    // From inside of a machine that has ended nothing can be done.
    expect(await rehearse(['restart-unit', 'reboot'])).toEqual([0, 'give-up']);
    expect(await rehearse([])).toEqual([0, 'give-up']);
    // It has no snapshot to go back to.
    expect(await rehearse(['revert'])).toEqual([0, 'give-up']);
  });
});
