import { beforeEach, describe, expect, it } from 'vitest';
import { LifecycleConfig } from '../../../../main/contract/lifecycle.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { scriptEnd } from '../../../support/fake-ports.ts';

const path = '/home/dev/is-well.sh';
const text = '#!/bin/sh\nexit 0\n';
let rig: EngineUnderTest;
const get = () => rig.engine.handlers['check-script.get']({ machine: 'demo' }, someone);
const set = (to: string) => rig.engine.handlers['check-script.set']({ machine: 'demo', path: to }, someone);
const clear = () => rig.engine.handlers['check-script.clear']({ machine: 'demo' }, someone);
const approve = (sha256: string) => rig.engine.handlers['check-script.approve']({ machine: 'demo', sha256 }, someone);
const scriptFinding = async () => {
  const [round] = await rig.engine.handlers['health.check']({ machine: 'demo' }, someone);
  return round?.checks.find(({ method }) => method === 'script');
};

beforeEach(async () => {
  rig = await engineUnderTest();
  rig.hookScripts.files.set(path, text);
  await rig.create({ name: 'demo', cpus: 1, memoryMib: 64, diskMib: 16, start: true });
});

describe('a script that checks a machine', () => {
  it('is approved by naming it, and a machine that nobody watches stays unwatched', async () => {
    expect(await get()).toBeNull();
    expect(await set(path)).toMatchObject({ state: 'approved', approvedBy: 'dev', path, text });
    expect(rig.lifecycle.config.vms.demo).toMatchObject({ check_script: path, enabled: false });
    expect(rig.actions().slice(-2)).toEqual(['hook.approved', 'watch.changed']);
  });

  it('leaves a host watched, as hosts are', async () => {
    await rig.engine.handlers['host.add'](
      { name: 'cellar', address: 'nas.example.org', user: 'ops', port: 22, trustOnFirstUse: false },
      someone,
    );
    await rig.engine.handlers['check-script.set']({ machine: 'cellar', path }, someone);
    expect(rig.lifecycle.config.vms.cellar).toMatchObject({ check_script: path, enabled: true });
  });

  it('is refused in words while it may not be run, and then nothing is changed', async () => {
    await expect(set('/home/dev/none.sh')).rejects.toMatchObject({
      code: 'refused',
      message: '/home/dev/none.sh is not there.',
    });
    expect(rig.lifecycle.config.vms.demo?.check_script).toBeUndefined();
  });

  it('waits when it was written into the file by hand, and says how it is approved; with its text and the hash of it', async () => {
    rig.lifecycle.edit({ config: LifecycleConfig.parse({ vms: { demo: { check_script: path } } }), fault: null });
    const waiting = await get();
    expect(waiting).toMatchObject({ state: 'waiting', text, approvedBy: null });
    expect(waiting?.reason).toContain(`vigil lifecycle check-script demo ${path}`);
    expect((await approve(waiting?.sha256 ?? '')).state).toBe('approved');
  });

  it('is not run once it has changed, and only bytes that were looked at are approved', async () => {
    const before = await set(path);
    rig.hookScripts.files.set(path, '#!/bin/sh\nexit 2\n');
    const changed = await get();
    expect(changed?.state).toBe('changed');
    await expect(approve(before?.sha256 ?? '')).rejects.toMatchObject({ code: 'conflict', field: 'sha256' });
    expect((await get())?.state).toBe('changed');
    expect((await approve(changed?.sha256 ?? '')).state).toBe('approved');
  });

  it('has no say before it is approved, and the finding says what to do', async () => {
    rig.lifecycle.edit({ config: LifecycleConfig.parse({ vms: { demo: { check_script: path } } }), fault: null });
    expect(await scriptFinding()).toMatchObject({
      kind: 'unknown',
      advice: expect.stringContaining(`vigil lifecycle check-script demo ${path}`),
    });
    expect(rig.hookScripts.requests).toEqual([]);
    await set(path);
    rig.hookScripts.ends = async () => ({ kind: 'ran', end: scriptEnd({ stdout: 'fine\n' }) });
    expect(await scriptFinding()).toMatchObject({ kind: 'ok', reason: 'fine' });
  });

  it('is taken away again, once', async () => {
    await set(path);
    expect(await clear()).toBeNull();
    expect(await clear()).toBeNull();
    expect(rig.lifecycle.config.vms.demo?.check_script).toBeUndefined();
    expect(rig.actions().filter((action) => action === 'watch.changed')).toHaveLength(2);
    await expect(approve('a'.repeat(64))).rejects.toMatchObject({ code: 'not-found' });
  });
});
