import { describe, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import type { Machine } from '../../../../main/contract/machine.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { diskFull, fakeRun } from '../../../support/fake-ports.ts';

async function running(forwards: { host: number; guest: number }[] = []): Promise<EngineUnderTest> {
  const test = await engineUnderTest();
  await test.create({ name: 'demo', forwards, start: true });
  return test;
}

async function only(test: EngineUnderTest): Promise<Machine> {
  const [machine] = await test.engine.handlers['machine.list']({}, someone);
  if (machine === undefined) throw new Error('no machine');
  return machine;
}

const pause = (test: EngineUnderTest) =>
  test.ended(test.engine.handlers['machine.pause']({ machine: 'demo' }, someone));
const resume = (test: EngineUnderTest) =>
  test.ended(test.engine.handlers['machine.resume']({ machine: 'demo' }, someone));
const start = (test: EngineUnderTest) =>
  test.ended(test.engine.handlers['machine.start']({ machine: 'demo' }, someone));

describe('pause', () => {
  it('holds a running machine, says so in state, wish and journal, and offers what is possible then', async () => {
    const test = await running();
    expect((await only(test)).capabilities).toContain('pause');
    expect(await pause(test)).toMatchObject({ kind: 'pause', state: 'done', result: { pid: 100 } });
    const machine = await only(test);
    expect(machine).toMatchObject({ state: 'paused', wanted: 'paused', pid: 100, notice: null });
    expect(machine.capabilities).toEqual(expect.arrayContaining(['start', 'resume', 'stop']));
    expect(machine.capabilities).not.toContain('pause');
    expect(test.store.journal.at(-1)).toMatchObject({ action: 'machine.paused', actor: 'user', machine: 'demo' });
    expect(await test.engine.handlers['machine.list']({ state: 'paused' }, someone)).toHaveLength(1);
  });

  it('of a machine that is held already does nothing; of one that does not run is refused in words', async () => {
    const test = await running();
    await pause(test);
    expect(await pause(test)).toMatchObject({ state: 'done' });
    expect(test.provider.calls.filter((call) => call.startsWith('pause'))).toHaveLength(1);
    await test.ended(test.engine.handlers['machine.stop']({ machine: 'demo', force: true }, someone));
    await expect(pause(test)).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('stopped') });
    expect((await only(test)).capabilities).not.toContain('pause');
  });

  it('is nothing that is done when the wish cannot be written', async () => {
    const test = await running();
    test.store.refusal = diskFull;
    await expect(pause(test)).rejects.toMatchObject({ code: 'refused' });
    expect(test.provider.calls.filter((call) => call.startsWith('pause'))).toEqual([]);
  });

  it('that fails leaves the machine running and wanted so', async () => {
    const test = await running();
    test.provider.holdError = new VigilError('timeout', 'QEMU did not answer stop within 5 s.');
    expect(await pause(test)).toMatchObject({ state: 'failed', error: { code: 'timeout' } });
    expect(await only(test)).toMatchObject({ state: 'running', wanted: 'running' });
    expect(test.store.journal.at(-1)).toMatchObject({ action: 'machine.verb-failed', details: { verb: 'pause' } });
  });

  it('is no failure: its health is not applicable, and no check is made while it is held', async () => {
    const test = await running([{ host: 2222, guest: 22 }]);
    await test.engine.handlers['lifecycle.enable']({ machine: 'demo', watch: { check_interval_seconds: 10 } }, someone);
    await test.clock.advance(3000);
    expect((await only(test)).health.status).toBe('healthy');
    await pause(test);
    test.ssh.findings.set('127.0.0.1:2222', 'timeout');
    const checks = test.ssh.checks.length;
    await test.clock.advance(120_000);
    expect((await only(test)).health).toMatchObject({ status: 'not-applicable', sshFailures: 0 });
    expect(test.ssh.checks).toHaveLength(checks);
    test.ssh.findings.set('127.0.0.1:2222', 'ok');
    await resume(test);
    await test.clock.advance(3000);
    expect((await only(test)).health.status).toBe('healthy');
  });
});

describe('resume', () => {
  it('lets it go on; a start of a held machine does the same', async () => {
    const test = await running();
    for (const goOn of [resume, start]) {
      await pause(test);
      expect(await goOn(test)).toMatchObject({ state: 'done', result: { pid: 100 } });
      expect(await only(test)).toMatchObject({ state: 'running', wanted: 'running', pid: 100 });
      expect(test.store.journal.at(-1)?.action).toBe('machine.resumed');
    }
    expect(test.provider.calls.filter((call) => call.startsWith('start'))).toHaveLength(1);
  });

  it('of a running machine is done at once; of a stopped one is refused with the way out', async () => {
    const test = await running();
    expect(await resume(test)).toMatchObject({ state: 'done' });
    expect(test.provider.calls).not.toContain('resume demo');
    await test.ended(test.engine.handlers['machine.stop']({ machine: 'demo', force: true }, someone));
    await expect(resume(test)).rejects.toMatchObject({ code: 'refused', hint: expect.stringContaining('vigil start') });
  });

  it('a pause or resume from outside changes the state and not the wish', async () => {
    const test = await running();
    const { id } = await only(test);
    test.provider.report({ kind: 'paused', id, generation: 1 });
    expect(await only(test)).toMatchObject({ state: 'paused', wanted: 'running' });
    test.provider.report({ kind: 'resumed', id, generation: 1 });
    expect(await only(test)).toMatchObject({ state: 'running', wanted: 'running' });
  });
});

describe('the next life of the engine', () => {
  it.each([
    ['paused', 'done', null],
    ['running', 'failed', 'warning'],
  ] as const)('after a pause that was cut short finds the machine %s and says %s', async (state, outcome, notice) => {
    const first = await running();
    const { id } = await only(first);
    first.provider.pause = () => new Promise(() => {});
    const { id: operation } = await first.engine.handlers['machine.pause']({ machine: 'demo' }, someone);
    await expect.poll(() => first.store.machines.get(id)?.wanted).toBe('paused');
    first.provider.findings = new Map([[id, { kind: 'running', run: { ...fakeRun(100), state } }]]);
    const { store, provider, definitions } = first;
    const second = await engineUnderTest({ store, provider, definitions });
    const machine = await only(second);
    expect([machine.state, machine.notice?.severity ?? null]).toEqual([state, notice]);
    const listed = await second.engine.handlers['operation.list']({}, someone);
    expect(listed.find(({ id }) => id === operation)).toMatchObject({ kind: 'pause', state: outcome });
  });
});
