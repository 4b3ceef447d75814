import { expect, it } from 'vitest';
import type { HealingGuard } from '../../../../main/contract/healing.ts';
import type { WatchPatch } from '../../../../main/contract/lifecycle.ts';
import type { MachineEndKind } from '../../../../main/engine/ports/machine-provider.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';

/**
 * B31: forty causes that are no failure of the machine, or none that Vigil may answer. Each leads to what looks like one; no
 * machine is touched, and the guard that says why is the right one.
 */

const second = 1000;
const minute = 60 * second;
const far = '10.0.0.7';
type Test = EngineUnderTest;

interface Cause {
  readonly title: string;
  /** Who speaks; null when it is not even taken for a failure. */
  readonly guard: HealingGuard | null;
  readonly watch?: WatchPatch;
  /** A machine elsewhere instead of one on this computer. */
  readonly isFar?: boolean;
  readonly isDownFromTheStart?: boolean;
  readonly bring: (test: Test) => unknown;
}

const call = (test: Test) => test.engine.handlers;
const demo = { machine: 'demo' };
const finding =
  (of: Parameters<Test['ssh']['findings']['set']>[1]) =>
  (test: Test): void => {
    test.ssh.findings.set('127.0.0.1:2222', of);
    test.ssh.findings.set(`${far}:22`, of);
  };
const down = finding('refused');
const after =
  (...acts: ((test: Test) => unknown)[]) =>
  async (test: Test): Promise<void> => {
    for (const act of acts) await act(test);
  };
const ends =
  (kind: MachineEndKind) =>
  (test: Test): void => {
    const record = [...test.store.machines.values()][0];
    if (record === undefined) throw new Error('there is no machine');
    test.provider.processes.delete(record.id);
    const end = { kind, summary: 'it ended', consoleTail: '', events: '[]' };
    test.provider.report({ kind: 'ended', id: record.id, generation: record.generation, end });
  };
const verb =
  (name: 'machine.pause' | 'machine.suspend' | 'machine.restart' | 'machine.start') =>
  async (test: Test): Promise<void> => {
    await test.ended(call(test)[name]({ machine: 'demo', force: false }, someone));
  };
const snapshot = async (test: Test): Promise<void> => {
  await test.ended(call(test)['snapshot.take']({ machine: 'demo', name: 'now' }, someone));
};
/** Others far away, all of one network or each of its own. */
const others =
  (count: number, address: (index: number) => string) =>
  async (test: Test): Promise<void> => {
    for (let index = 0; index < count; index += 1) {
      const name = `other${index}`;
      await test.create({ name, start: true });
      await call(test)['lifecycle.enable'](
        { machine: name, watch: { ssh_host: address(index), start_allowance_seconds: 0 } },
        someone,
      );
      test.ssh.findings.set(`${address(index)}:22`, 'timeout');
    }
  };
const silence = (test: Test): void => {
  test.network.silent.add('*');
};
/** The wake that nobody told us of comes while the checks fail. */
const sleepSoon = async (test: Test): Promise<void> => {
  await test.clock.advance(minute);
  test.clock.jumpWall(8 * 60 * minute);
  await test.clock.advance(1.5 * minute);
};

const causes: readonly Cause[] = [
  { title: 'a host key that nobody knows', guard: 'failure-kind', bring: finding('host-key-unknown') },
  { title: 'a host key that changed', guard: 'failure-kind', bring: finding('host-key-changed') },
  { title: 'a host key that was revoked', guard: 'failure-kind', bring: finding('host-key-revoked') },
  { title: 'a key that is not let in', guard: 'failure-kind', bring: finding('auth') },
  { title: 'a key file that cannot be read', guard: 'failure-kind', bring: finding('key-file') },
  { title: 'no algorithm in common', guard: 'failure-kind', bring: finding('protocol') },
  { title: 'a name that nobody resolves', guard: 'failure-kind', isFar: true, bring: finding('name-resolution') },
  { title: 'a computer too busy to look', guard: null, bring: finding('not-tried') },
  {
    title: 'a changed key under the policy always',
    guard: 'failure-kind',
    watch: { restart_policy: 'always' },
    bring: finding('host-key-changed'),
  },
  {
    title: 'a key not let in under the policy always',
    guard: 'failure-kind',
    watch: { restart_policy: 'always' },
    bring: finding('auth'),
  },
  { title: 'the policy never', guard: 'policy', watch: { restart_policy: 'never' }, bring: down },
  {
    title: 'the policy never, for one that was killed',
    guard: 'policy',
    watch: { restart_policy: 'never' },
    bring: ends('killed'),
  },
  { title: 'fewer failed checks than count', guard: 'policy', watch: { ssh_failure_threshold: 100 }, bring: down },
  { title: 'a guest that shut itself down', guard: null, bring: ends('guest-shutdown') },
  { title: 'an end through its monitor', guard: null, bring: ends('quit') },
  {
    title: 'a machine that was stopped by a person',
    guard: null,
    bring: async (test) => test.ended(call(test)['machine.stop']({ machine: 'demo', force: true }, someone)),
  },
  {
    title: 'a failed machine that a person then stopped',
    guard: 'budget',
    bring: after(ends('killed'), (test) => call(test)['machine.stop']({ machine: 'demo', force: true }, someone)),
  },
  { title: 'a machine that was paused', guard: null, bring: after(verb('machine.pause'), down) },
  { title: 'a machine that was suspended', guard: null, bring: after(verb('machine.suspend'), down) },
  {
    title: 'a machine that was deleted',
    guard: null,
    bring: async (test) => {
      await test.ended(call(test)['machine.stop']({ machine: 'demo', force: true }, someone));
      await test.ended(call(test)['machine.delete']({ machine: 'demo', force: false }, someone));
    },
  },
  {
    title: 'a watch that was switched off',
    guard: null,
    bring: after(down, (test) => call(test)['lifecycle.disable'](demo, someone)),
  },
  { title: 'a person who restarted it just now', guard: 'recent-action', bring: after(verb('machine.restart'), down) },
  { title: 'a person who took a snapshot just now', guard: 'recent-action', bring: after(snapshot, down) },
  {
    title: 'a person who typed at its console just now',
    guard: 'recent-action',
    bring: after((test) => call(test)['console.write']({ machine: 'demo', data: 'bHMK' }, someone), down),
  },
  {
    title: 'healing that is paused for a time',
    guard: 'paused',
    bring: after((test) => call(test)['lifecycle.pause']({ seconds: 86_400 }, someone), down),
  },
  {
    title: 'healing that is paused for as long as a person wants',
    guard: 'paused',
    bring: after((test) => call(test)['lifecycle.pause']({ seconds: 'until-resumed' }, someone), down),
  },
  {
    title: 'healing that is paused, for one that was killed',
    guard: 'paused',
    bring: after((test) => call(test)['lifecycle.pause']({ seconds: 'until-resumed' }, someone), ends('killed')),
  },
  {
    title: 'a maintenance window',
    guard: 'maintenance',
    watch: { maintenance: ['daily 00:00-12:00', 'daily 11:59-23:59', 'daily 23:00-01:00'] },
    bring: down,
  },
  {
    title: 'a maintenance window, for one that was killed',
    guard: 'maintenance',
    watch: { maintenance: ['daily 00:00-12:00', 'daily 11:59-23:59', 'daily 23:00-01:00'] },
    bring: ends('killed'),
  },
  {
    title: 'a start that takes its time',
    guard: 'start-allowance',
    watch: { start_allowance_seconds: 3600 },
    isDownFromTheStart: true,
    bring: down,
  },
  {
    title: 'no link of our own',
    guard: 'own-health',
    isFar: true,
    bring: after(down, (test) => {
      test.network.description = { links: [], gateway: null, fingerprint: 'home' };
    }),
  },
  {
    title: 'no way there',
    guard: 'own-health',
    isFar: true,
    bring: after(down, (test) => {
      test.network.hasRoute = false;
    }),
  },
  { title: 'nobody near who answers', guard: 'own-health', isFar: true, bring: after(down, silence) },
  {
    title: 'only the router answers',
    guard: 'own-health',
    isFar: true,
    bring: after(down, (test) => {
      test.network.nameServer = false;
    }),
  },
  {
    title: 'most of the fleet gone together',
    guard: 'fleet-wide',
    isFar: true,
    bring: after(
      others(4, (index) => `10.${index + 1}.0.1`),
      down,
    ),
  },
  {
    title: 'most of its own network gone together',
    guard: 'fleet-wide',
    isFar: true,
    bring: async (test) => {
      await others(12, (index) => `10.${index + 1}.0.1`)(test);
      for (let index = 0; index < 12; index += 1) test.ssh.findings.delete(`10.${index + 1}.0.1:22`);
      for (let index = 0; index < 3; index += 1) {
        await test.create({ name: `near${index}`, start: true });
        await call(test)['lifecycle.enable'](
          { machine: `near${index}`, watch: { ssh_host: `10.0.0.2${index}`, start_allowance_seconds: 0 } },
          someone,
        );
        test.ssh.findings.set(`10.0.0.2${index}:22`, 'timeout');
      }
      down(test);
    },
  },
  {
    title: 'an agent that says the guest is well',
    guard: 'contradiction',
    watch: { ladder: ['restart', 'hard-restart'] },
    bring: (test) => {
      const looks = { present: true, os: null, hostName: null, addresses: [], fileSystems: [] } as const;
      test.provider.guest.looks.set('demo', looks);
      down(test);
    },
  },
  {
    title: 'a machine it depends on that is not well',
    guard: 'dependencies',
    watch: { depends_on: ['db'] },
    bring: async (test) => {
      await test.create({ name: 'db', start: true, forwards: [{ host: 2223, guest: 22 }] });
      await call(test)['lifecycle.enable']({ machine: 'db', watch: { start_allowance_seconds: 0 } }, someone);
      test.ssh.findings.set('127.0.0.1:2223', 'refused');
      down(test);
    },
  },
  { title: 'nothing on the ladder', guard: 'ladder', watch: { ladder: [] }, bring: down },
  {
    title: 'a sleep in the middle of it',
    guard: 'own-health',
    bring: async (test) => {
      down(test);
      await sleepSoon(test);
      test.ssh.findings.clear();
    },
  },
];

it('there are forty of them', () => {
  expect(causes).toHaveLength(40);
});

it.each(causes)('B31: $title is not healed', async ({ guard, watch, isFar, isDownFromTheStart, bring }) => {
  const test = await engineUnderTest();
  if (isDownFromTheStart === true) down(test);
  await test.create({ name: 'demo', start: true, forwards: [{ host: 2222, guest: 22 }] });
  await call(test)['lifecycle.enable'](
    {
      machine: 'demo',
      watch: {
        restart_policy: 'on-failure',
        start_allowance_seconds: 0,
        ...(isFar === true ? { ssh_host: far } : {}),
        ...watch,
      },
    },
    someone,
  );
  await test.clock.advance(16 * minute);
  await bring(test);
  await test.clock.advance(12 * minute);
  const decisions = test.store.journal.filter(
    ({ action, machine }) => action.startsWith('healing.') && machine === 'demo',
  );
  expect(decisions.filter(({ action }) => action === 'healing.intended')).toEqual([]);
  // A doubt about the network stands for a while, so that the word that raised it need not be the last.
  expect(decisions.map(({ details }) => details.guard ?? null)).toEqual(
    guard === null ? [] : expect.arrayContaining([guard]),
  );
  await test.engine.stop();
});

it('the control: the same machine, down for no such cause, is healed', async () => {
  const test = await engineUnderTest();
  await test.create({ name: 'demo', start: true, forwards: [{ host: 2222, guest: 22 }] });
  await call(test)['lifecycle.enable'](
    { machine: 'demo', watch: { restart_policy: 'on-failure', start_allowance_seconds: 0 } },
    someone,
  );
  await test.clock.advance(16 * minute);
  down(test);
  await test.clock.advance(12 * minute);
  expect(test.actions()).toContain('healing.intended');
  await test.engine.stop();
});
