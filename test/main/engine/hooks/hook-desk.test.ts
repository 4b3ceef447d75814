import { describe, expect, test } from 'vitest';
import { LifecycleConfig } from '../../../../main/contract/lifecycle.ts';
import type { HookRequest, HookRunEnd } from '../../../../main/engine/ports/hook-scripts.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { latch, scriptEnd } from '../../../support/fake-ports.ts';

const script = '/home/dev/tell.sh';

/** The real engine, with one machine and a script for these events. */
async function rig(
  ...events: readonly ('on_start' | 'on_stop' | 'on_failure' | 'on_destroy')[]
): Promise<EngineUnderTest> {
  const it = await engineUnderTest();
  it.hookScripts.files.set(script, '#!/bin/sh\n');
  await it.create({ name: 'demo', cpus: 1, memoryMib: 64, diskMib: 16 });
  for (const event of events) await it.engine.handlers['hook.set']({ machine: 'demo', event, path: script }, someone);
  return it;
}

const verb = (it: EngineUnderTest, name: 'machine.start', machine = 'demo') =>
  it.ended(it.engine.handlers[name]({ machine }, someone));
const stopped = (it: EngineUnderTest) =>
  it.ended(it.engine.handlers['machine.stop']({ machine: 'demo', force: true }, someone));
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};
const hookEntries = (it: EngineUnderTest) => it.store.journal.filter(({ actor }) => actor === 'hook');

test('a start runs its hook once, with the facts in its environment and on its input', async () => {
  const it = await rig('on_start');
  await verb(it, 'machine.start');
  await settled();
  expect(it.hookScripts.requests).toHaveLength(1);
  const [request] = it.hookScripts.requests;
  const started = it.store.journal.find(({ action }) => action === 'machine.started');
  expect(request?.environment).toEqual({
    VIGIL_VM_NAME: 'demo',
    VIGIL_VM_ID: started?.machineId,
    VIGIL_PROVIDER: 'qemu',
    VIGIL_EVENT_TYPE: 'on_start',
    VIGIL_TIMESTAMP: started?.at,
    VIGIL_FAILURE_COUNT: '0',
    VIGIL_REASON: started?.summary,
    VIGIL_HOOK_PATH: script,
    AZLIN_VM_NAME: 'demo',
    AZLIN_EVENT_TYPE: 'on_start',
    AZLIN_TIMESTAMP: started?.at,
    AZLIN_FAILURE_COUNT: '0',
  });
  expect(JSON.parse(request?.input ?? '')).toMatchObject({ event: 'on_start', machine: { name: 'demo' }, test: false });
  expect(request?.limitMs).toBe(60_000);
  expect(hookEntries(it)).toMatchObject([{ action: 'hook.ran', cause: started?.id, details: { exitCode: 0 } }]);
  expect(it.store.hookRuns).toMatchObject([{ outcome: 'done', exitCode: 0, cause: started?.id, events: 1 }]);
  expect(it.hookLog.lines).toHaveLength(1);
});

test('a machine that is deleted has lost its table by then; its hook is run all the same, and once', async () => {
  const it = await rig('on_destroy');
  await it.ended(it.engine.handlers['machine.delete']({ machine: 'demo', force: false }, someone));
  await settled();
  await it.ended(it.engine.handlers['machine.delete']({ machine: 'demo', force: true }, someone));
  await settled();
  expect(it.hookScripts.requests.map(({ environment }) => environment.VIGIL_EVENT_TYPE)).toEqual(['on_destroy']);
});

describe('a deletion that the engine did not live to tell of', () => {
  const deleteDemo = (it: EngineUnderTest, force: boolean) =>
    it.engine.handlers['machine.delete']({ machine: 'demo', force }, someone);
  /** The next life, on what is on the disks now; nobody told the first one to end. */
  const nextLife = async (it: EngineUnderTest): Promise<EngineUnderTest> => {
    const next = await engineUnderTest({
      store: it.store.copy(),
      lifecycle: it.lifecycle,
      provider: it.provider,
      definitions: it.definitions,
      hookScripts: it.hookScripts,
    });
    await settled();
    return next;
  };
  const told = (it: EngineUnderTest) =>
    it.hookScripts.requests.map(({ environment }) => [environment.VIGIL_EVENT_TYPE, environment.VIGIL_VM_NAME]);
  const once = [['on_destroy', 'demo']];

  test.each([false, true])('before its script was begun is told by the next one, once (forced: %s)', async (force) => {
    const it = await rig('on_destroy');
    // The entry is written, and then nothing more.
    const commit = it.store.commit.bind(it.store);
    it.store.commit = async (changes) => {
      const isBegun = changes.some(
        (change) => change.kind === 'journal-appended' && change.entry.action === 'hook.begun',
      );
      return isBegun ? new Promise(() => {}) : commit(changes);
    };
    await it.ended(deleteDemo(it, force));
    await settled();
    expect(it.hookScripts.requests).toEqual([]);
    const second = await nextLife(it);
    expect(told(second)).toEqual(once);
    const deleted = second.store.journal.find(({ action }) => action === 'machine.deleted');
    expect(hookEntries(second).map(({ action, cause }) => [action, cause])).toEqual([
      ['hook.begun', deleted?.id],
      ['hook.ran', deleted?.id],
    ]);
    expect(told(await nextLife(second))).toEqual(once);
  });

  test.each([false, true])('while its table was gone and its entry not yet written (forced: %s)', async (force) => {
    const it = await rig('on_destroy');
    const commit = it.store.commit.bind(it.store);
    it.store.commit = async (changes) => {
      const isDone = changes.some(
        (change) => change.kind === 'journal-appended' && change.entry.action === 'machine.deleted',
      );
      return isDone ? new Promise(() => {}) : commit(changes);
    };
    await deleteDemo(it, force);
    await expect.poll(() => it.lifecycle.config.vms.demo).toBeUndefined();
    await settled();
    const second = await nextLife(it);
    await expect.poll(() => told(second)).toEqual(once);
    await settled();
    expect(told(await nextLife(second))).toEqual(once);
  });

  test('while its script ran is not told again, and says that nobody knows how it went', async () => {
    const it = await rig('on_destroy');
    it.hookScripts.ends = () => new Promise(() => {});
    await it.ended(deleteDemo(it, true));
    await settled();
    expect(told(it)).toEqual(once);
    const second = await nextLife(it);
    expect(told(second)).toEqual(once);
    expect(hookEntries(second).at(-1)).toMatchObject({
      action: 'hook.failed',
      summary: expect.stringContaining('was under way when Vigil was cut short'),
    });
    const count = hookEntries(second).length;
    expect(hookEntries(await nextLife(second))).toHaveLength(count);
  });
});

test('a script that never ends keeps nothing waiting, and its repeats become one', async () => {
  const it = await rig('on_start', 'on_stop');
  const { promise, open } = latch<HookRunEnd>();
  it.hookScripts.ends = () => promise;
  for (let round = 0; round < 4; round += 1) {
    await verb(it, 'machine.start');
    await stopped(it);
  }
  await settled();
  expect(it.hookScripts.requests).toHaveLength(2);
  open({ kind: 'ran', end: scriptEnd() });
  await settled();
  expect(it.store.hookRuns.map(({ event, events }) => [event, events])).toEqual([
    ['on_start', 1],
    ['on_stop', 1],
    ['on_start', 3],
    ['on_stop', 3],
  ]);
});

test('a path written into the file by hand waits for approval, and the refusal says how', async () => {
  const it = await rig();
  it.lifecycle.edit({ config: LifecycleConfig.parse({ vms: { demo: { hooks: { on_start: script } } } }), fault: null });
  await verb(it, 'machine.start');
  await settled();
  expect(it.hookScripts.requests).toEqual([]);
  expect(hookEntries(it)).toMatchObject([
    { action: 'hook.refused', summary: expect.stringContaining(`vigil lifecycle hook demo on_start ${script}`) },
  ]);
  expect(await it.engine.handlers['hook.list']({}, someone)).toMatchObject([{ state: 'waiting', event: 'on_start' }]);
});

test('changed bytes are not run until they are approved, and only those that were looked at', async () => {
  const it = await rig('on_start');
  it.hookScripts.files.set(script, '#!/bin/sh\necho other\n');
  await verb(it, 'machine.start');
  await settled();
  expect(it.hookScripts.requests).toEqual([]);
  const [hook] = await it.engine.handlers['hook.list']({ machine: 'demo' }, someone);
  expect(hook).toMatchObject({ state: 'changed' });
  const event = 'on_start';
  await expect(
    it.engine.handlers['hook.approve']({ machine: 'demo', event, sha256: 'b'.repeat(64) }, someone),
  ).rejects.toMatchObject({ code: 'conflict' });
  const approved = await it.engine.handlers['hook.approve'](
    { machine: 'demo', event, sha256: hook?.sha256 ?? '' },
    someone,
  );
  expect(approved).toMatchObject({ state: 'approved', approvedBy: 'dev', reason: null });
});

test('approvals outlive the engine', async () => {
  const first = await rig('on_start');
  await first.engine.stop();
  const second = await engineUnderTest({ store: first.store.copy(), lifecycle: first.lifecycle });
  second.hookScripts.files.set(script, '#!/bin/sh\n');
  expect(await second.engine.handlers['hook.list']({}, someone)).toMatchObject([{ state: 'approved' }]);
});

test('an engine that ends ends what runs and drops what waits, each with an entry', async () => {
  const it = await rig('on_start');
  it.hookScripts.ends = (request: HookRequest) =>
    new Promise((resolve) =>
      request.signal.addEventListener('abort', () =>
        resolve({ kind: 'ran', end: scriptEnd({ ended: 'cancelled', exitCode: null, signal: 'SIGTERM' }) }),
      ),
    );
  for (let round = 0; round < 2; round += 1) {
    await verb(it, 'machine.start');
    await stopped(it);
  }
  await settled();
  await it.engine.stop();
  expect(hookEntries(it).map(({ action, details }) => [action, details.outcome])).toEqual([
    ['hook.refused', 'dropped'],
    ['hook.failed', 'cancelled'],
  ]);
});

test('a machine that is hooked but not watched is not checked for it', async () => {
  const it = await rig('on_start');
  expect(it.lifecycle.config.vms.demo).toMatchObject({ enabled: false, hooks: { on_start: script } });
});

test('a script that may not be run is not set, and the sentence says why', async () => {
  const it = await rig();
  await expect(
    it.engine.handlers['hook.set']({ machine: 'demo', event: 'on_stop', path: '/none.sh' }, someone),
  ).rejects.toMatchObject({ code: 'refused', field: 'path', message: '/none.sh is not there.' });
  expect(it.lifecycle.config.vms).toEqual({});
});

test('a test run tells how it went and what was printed', async () => {
  const it = await rig('on_failure');
  it.hookScripts.ends = async () => ({ kind: 'ran', end: scriptEnd({ exitCode: 3, stdout: 'x'.repeat(200_000) }) });
  const run = await it.engine.handlers['hook.test']({ machine: 'demo', event: 'on_failure' }, someone);
  expect(run).toMatchObject({ isTest: true, outcome: 'failed', exitCode: 3, cause: null });
  expect(run.stdout.length).toBeLessThan(70_000);
  expect(run.environment.VIGIL_FAILURE_COUNT).toBe('3');
  expect(await it.engine.handlers['hook.runs']({ machine: 'demo', limit: 20 }, someone)).toHaveLength(1);
  expect((await it.engine.handlers['hook.run']({ run: run.id }, someone)).stdout).toBe(run.stdout);
});

test('a hook that is written lies in the data home and is approved as it was written', async () => {
  const it = await rig();
  const hook = await it.engine.handlers['hook.write'](
    { machine: 'demo', event: 'on_healthy', text: '#!/bin/sh\necho well\n' },
    someone,
  );
  expect(hook.path).toMatch(/^\/home\/\.vigil\/hooks\/[0-9a-f-]{36}\/on_healthy\.sh$/);
  expect(hook.state).toBe('approved');
  expect(await it.engine.handlers['hook.read']({ machine: 'demo', event: 'on_healthy' }, someone)).toMatchObject({
    text: '#!/bin/sh\necho well\n',
  });
  await it.engine.handlers['hook.clear']({ machine: 'demo', event: 'on_healthy' }, someone);
  expect(await it.engine.handlers['hook.list']({}, someone)).toEqual([]);
});
