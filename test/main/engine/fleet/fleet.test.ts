import { describe, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import type { MachineEnd } from '../../../../main/engine/ports/machine-provider.ts';
import { engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { diskFull, fakeRun, latch } from '../../../support/fake-ports.ts';

const killed: MachineEnd = { kind: 'killed', summary: 'killed by signal 9', consoleTail: 'last words', events: '[]' };

describe('create', () => {
  it('makes disk, definition and row, and says so in the journal', async () => {
    const test = await engineUnderTest();
    const operation = await test.create({ name: 'demo', memoryMib: 64 });
    expect(operation.state).toBe('done');
    const [record] = test.store.machines.values();
    expect(record).toMatchObject({
      name: 'demo',
      state: 'stopped',
      wanted: 'stopped',
      config: { memoryMib: 64, cpus: 2 },
    });
    expect(test.definitions.written.has('demo')).toBe(true);
    expect(test.actions()).toEqual(['engine.started', 'machine.created']);
    expect(test.store.journal.at(-1)).toMatchObject({ actor: 'user', machine: 'demo', details: { user: 'dev' } });
  });

  it('with start ends running, with its process number as the result', async () => {
    const test = await engineUnderTest();
    const operation = await test.create({ name: 'demo', start: true });
    expect(operation).toMatchObject({ state: 'done', kind: 'create', result: { pid: 100 } });
    const [machine] = await test.engine.handlers['machine.list']({}, someone);
    expect(machine).toMatchObject({ state: 'running', wanted: 'running', pid: 100, accelerator: 'tcg' });
  });

  it('refuses a second machine of the same name, naming the field', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo' });
    await expect(test.create({ name: 'demo' })).rejects.toMatchObject({ code: 'bad-input', field: 'name' });
    expect(test.store.machines.size).toBe(1);
  });

  it('lets only one of two simultaneous creates of one name through', async () => {
    const test = await engineUnderTest();
    const both = await Promise.allSettled([test.create({ name: 'demo' }), test.create({ name: 'demo' })]);
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(test.store.machines.size).toBe(1);
  });

  it('refuses sizes beyond the computer, each with its field and what would fit', async () => {
    const test = await engineUnderTest();
    await expect(test.create({ name: 'demo', memoryMib: 9000 })).rejects.toMatchObject({ field: 'memoryMib' });
    await expect(test.create({ name: 'demo', cpus: 17 })).rejects.toMatchObject({ field: 'cpus' });
    await expect(test.create({ name: 'demo', diskMib: 100_001 })).rejects.toMatchObject({ field: 'diskMib' });
    const faults = await test.engine.handlers['machine.rehearse'](
      { draft: { name: 'demo', memoryMib: 9000, cpus: 17 } },
      someone,
    );
    expect(faults.map((fault) => [fault.field, fault.suggestion])).toEqual([
      ['cpus', '16'],
      ['memoryMib', '7168'],
    ]);
  });

  it('leaves no row, no definition and no file when the provider fails', async () => {
    const test = await engineUnderTest();
    test.provider.createError = new VigilError('refused', 'no room for the disk');
    const operation = await test.create({ name: 'demo' });
    expect(operation).toMatchObject({ state: 'failed', error: { message: 'no room for the disk' } });
    expect(test.store.machines.size + test.definitions.written.size + test.provider.files.size).toBe(0);
    expect(await test.engine.handlers['machine.list']({}, someone)).toEqual([]);
    expect(test.events.of('machine.removed')).toHaveLength(1);
  });

  it('cancelled leaves nothing and ends as cancelled', async () => {
    const test = await engineUnderTest();
    test.provider.createGate = new Promise(() => {});
    const begun = await test.engine.handlers['machine.create'](
      { name: 'demo', cpus: 1, memoryMib: 64, diskMib: 16, forwards: [], tags: [], start: false },
      someone,
    );
    const cancelled = await test.engine.handlers['operation.cancel']({ operation: begun.id }, someone);
    expect(cancelled.state).toBe('cancelled');
    expect(test.store.machines.size + test.provider.files.size).toBe(0);
  });

  it('does nothing at all when the intent cannot be written', async () => {
    const test = await engineUnderTest();
    test.store.refusal = diskFull;
    await expect(test.create({ name: 'demo' })).rejects.toMatchObject({ code: 'refused' });
    expect(test.provider.calls).toEqual([]);
    expect(await test.engine.handlers['machine.list']({}, someone)).toEqual([]);
  });
});

describe('start', () => {
  it('writes the wish and the generation before a process is made', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo' });
    const gate = latch<void>();
    test.provider.startGate = gate.promise;
    const begun = await test.engine.handlers['machine.start']({ machine: 'demo' }, someone);
    await expect.poll(() => test.provider.calls.at(-1)).toBe('start demo #1');
    expect([...test.store.machines.values()][0]).toMatchObject({
      wanted: 'running',
      state: 'starting',
      generation: 1,
      runtime: '{"pid":100}',
    });
    gate.open();
    expect((await test.ended(begun)).state).toBe('done');
  });

  it('of a machine that runs is done at once and starts nothing twice', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', start: true });
    const again = await test.ended(test.engine.handlers['machine.start']({ machine: 'demo' }, someone));
    expect(again).toMatchObject({ state: 'done', result: { pid: 100 } });
    expect(test.provider.calls.filter((call) => call.startsWith('start'))).toHaveLength(1);
  });

  it('that fails ends stopped, with the reason on the machine, and is no standing wish', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo' });
    test.provider.startError = new VigilError('refused', 'QEMU said no');
    const operation = await test.ended(test.engine.handlers['machine.start']({ machine: 'demo' }, someone));
    expect(operation).toMatchObject({ state: 'failed', error: { message: 'QEMU said no' } });
    const [machine] = await test.engine.handlers['machine.list']({}, someone);
    expect(machine).toMatchObject({ state: 'stopped', wanted: 'stopped', notice: { severity: 'critical' } });
  });

  it('while another operation runs is a conflict', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo' });
    test.provider.startGate = new Promise(() => {});
    await test.engine.handlers['machine.start']({ machine: 'demo' }, someone);
    await expect(async () => test.engine.handlers['machine.start']({ machine: 'demo' }, someone)).rejects.toMatchObject(
      { code: 'conflict' },
    );
  });

  it('takes the definition as a person edited it', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo' });
    const [record] = test.store.machines.values();
    if (record === undefined) throw new Error('no machine');
    await test.definitions.write({ id: record.id, name: 'demo', config: { ...record.config, memoryMib: 512 } });
    await test.ended(test.engine.handlers['machine.start']({ machine: 'demo' }, someone));
    expect(test.store.machines.get(record.id)?.config.memoryMib).toBe(512);
  });

  it('with a broken definition uses the last good one and says which line is wrong', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo' });
    test.definitions.edit('demo', {
      kind: 'broken',
      name: 'demo',
      id: null,
      fault: {
        path: 'machines/demo.yaml',
        line: 3,
        field: 'memroy',
        message: 'machines/demo.yaml line 3: unknown key "memroy".',
      },
    });
    const operation = await test.ended(test.engine.handlers['machine.start']({ machine: 'demo' }, someone));
    expect(operation.state).toBe('done');
    expect(test.actions()).toContain('definition.rejected');
  });
});

describe('stop', () => {
  it('writes the wish first and names the rung in result and journal', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', start: true });
    test.provider.rung = 'agent';
    const operation = await test.ended(
      test.engine.handlers['machine.stop']({ machine: 'demo', force: false, timeoutSeconds: 5 }, someone),
    );
    expect(operation).toMatchObject({ state: 'done', result: { rung: 'agent' } });
    expect(test.provider.calls.at(-1)).toBe('stop demo acpi=5000');
    expect(test.store.journal.at(-1)).toMatchObject({ action: 'machine.stopped', details: { rung: 'agent' } });
    expect([...test.store.machines.values()][0]).toMatchObject({ wanted: 'stopped', state: 'stopped', runtime: null });
  });

  it('forced takes over from a gentle one that waits', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', start: true });
    test.provider.stopGate = new Promise(() => {});
    const gentle = await test.engine.handlers['machine.stop']({ machine: 'demo', force: false }, someone);
    await expect.poll(() => test.provider.calls.at(-1)).toBe('stop demo acpi=30000');
    const forced = await test.ended(test.engine.handlers['machine.stop']({ machine: 'demo', force: true }, someone));
    expect(forced).toMatchObject({ state: 'done', result: { rung: 'quit' } });
    expect((await test.ended(gentle)).state).toBe('cancelled');
  });

  it('given up leaves the machine running and wanted', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', start: true });
    test.provider.stopGate = new Promise(() => {});
    const begun = await test.engine.handlers['machine.stop']({ machine: 'demo', force: false }, someone);
    await test.engine.handlers['operation.cancel']({ operation: begun.id }, someone);
    const [machine] = await test.engine.handlers['machine.list']({}, someone);
    expect(machine).toMatchObject({ state: 'running', wanted: 'running' });
  });

  it('of a stopped machine is done at once', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo' });
    const operation = await test.ended(
      test.engine.handlers['machine.stop']({ machine: 'demo', force: false }, someone),
    );
    expect(operation).toMatchObject({ state: 'done', result: { rung: 'ended' } });
  });
});

describe('restart and delete', () => {
  it('restart ends the old process and starts a new generation', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', start: true });
    const operation = await test.ended(
      test.engine.handlers['machine.restart']({ machine: 'demo', force: false }, someone),
    );
    expect(operation).toMatchObject({ state: 'done', result: { pid: 101 } });
    expect([...test.store.machines.values()][0]).toMatchObject({ generation: 2, wanted: 'running', state: 'running' });
  });

  it('delete refuses a running machine unless forced, then leaves nothing', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', start: true });
    await expect(async () =>
      test.engine.handlers['machine.delete']({ machine: 'demo', force: false }, someone),
    ).rejects.toMatchObject({ code: 'refused' });
    const operation = await test.ended(
      test.engine.handlers['machine.delete']({ machine: 'demo', force: true }, someone),
    );
    expect(operation.state).toBe('done');
    expect(
      test.store.machines.size +
        test.definitions.written.size +
        test.provider.files.size +
        test.provider.processes.size,
    ).toBe(0);
  });
});

describe('what nobody asked for', () => {
  it('a killed machine is failed, stays wanted, and leaves a crash record', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', start: true });
    const [record] = test.store.machines.values();
    test.provider.report({ kind: 'ended', id: record?.id ?? '', generation: 1, end: killed });
    const [machine] = await test.engine.handlers['machine.list']({}, someone);
    expect(machine).toMatchObject({
      state: 'failed',
      wanted: 'running',
      health: { status: 'unhealthy' },
      notice: { severity: 'critical' },
    });
    expect(machine?.pid).toBeUndefined();
    await expect.poll(() => test.store.crashes).toHaveLength(1);
    expect(test.store.crashes[0]).toMatchObject({ kind: 'killed', consoleTail: 'last words' });
  });

  it('a report about an older generation changes nothing', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', start: true });
    await test.ended(test.engine.handlers['machine.restart']({ machine: 'demo', force: false }, someone));
    const [record] = test.store.machines.values();
    test.provider.report({ kind: 'ended', id: record?.id ?? '', generation: 1, end: killed });
    expect([...test.store.machines.values()][0]).toMatchObject({ state: 'running', generation: 2 });
  });

  it('an end that comes while its start is being settled is applied afterwards', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo' });
    const gate = latch<void>();
    test.provider.startGate = gate.promise;
    const begun = await test.engine.handlers['machine.start']({ machine: 'demo' }, someone);
    const [record] = test.store.machines.values();
    test.provider.report({ kind: 'ended', id: record?.id ?? '', generation: 1, end: killed });
    gate.open();
    await test.ended(begun);
    const [machine] = await test.engine.handlers['machine.list']({}, someone);
    expect(machine?.state).toBe('failed');
  });

  it('a guest that shuts itself down is a wish, not a failure', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', start: true });
    const [record] = test.store.machines.values();
    test.provider.report({
      kind: 'ended',
      id: record?.id ?? '',
      generation: 1,
      end: { ...killed, kind: 'guest-shutdown', summary: 'the guest shut down' },
    });
    const [machine] = await test.engine.handlers['machine.list']({}, someone);
    expect(machine).toMatchObject({ state: 'stopped', wanted: 'stopped', notice: null });
    expect(test.store.crashes).toHaveLength(0);
  });

  it('a panicked guest is failed but held, and can be restarted', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', start: true });
    const [record] = test.store.machines.values();
    test.provider.report({
      kind: 'panicked',
      id: record?.id ?? '',
      generation: 1,
      end: { ...killed, kind: 'panicked' },
    });
    test.provider.report({ kind: 'paused', id: record?.id ?? '', generation: 1 });
    const [machine] = await test.engine.handlers['machine.list']({}, someone);
    expect(machine).toMatchObject({
      state: 'failed',
      pid: 100,
      capabilities: expect.arrayContaining(['stop', 'restart', 'delete', 'console']),
    });
    expect(machine?.capabilities).not.toContain('start');
    await expect(async () => test.engine.handlers['machine.start']({ machine: 'demo' }, someone)).rejects.toMatchObject(
      { code: 'conflict' },
    );
    expect(
      (await test.ended(test.engine.handlers['machine.restart']({ machine: 'demo', force: false }, someone))).state,
    ).toBe('done');
  });
});

describe('notifications', () => {
  it('an unexpected end is told once, and closed when the machine is started again', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', start: true });
    const [record] = test.store.machines.values();
    const id = record?.id ?? '';
    test.provider.report({ kind: 'ended', id, generation: 1, end: killed });
    expect(test.notifier.shown).toEqual([
      expect.objectContaining({ machine: 'demo', machineId: id, severity: 'critical' }),
    ]);
    expect(test.events.of('notification.raised')).toHaveLength(1);
    await test.ended(test.engine.handlers['machine.start']({ machine: 'demo' }, someone));
    expect(test.notifier.closed).toEqual([`machine ${id}`]);
    expect(test.events.of('notification.closed')).toHaveLength(1);
  });

  it('an attached app shows them instead, until it has gone', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', start: true });
    const [record] = test.store.machines.values();
    const app = createStopSource();
    await test.engine.handlers['desktop.attach']({}, { user: 'dev', face: 'app', gone: app.signal });
    test.provider.report({ kind: 'ended', id: record?.id ?? '', generation: 1, end: killed });
    expect(test.notifier.shown).toEqual([]);
    app.stop('closed');
    await test.ended(test.engine.handlers['machine.start']({ machine: 'demo' }, someone));
    test.provider.report({ kind: 'ended', id: record?.id ?? '', generation: 2, end: killed });
    expect(test.notifier.shown).toHaveLength(1);
  });

  it('a stop that a person asked for, and a guest that shut itself down, are no news', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', start: true });
    await test.ended(test.engine.handlers['machine.stop']({ machine: 'demo', force: false }, someone));
    await test.ended(test.engine.handlers['machine.start']({ machine: 'demo' }, someone));
    const [record] = test.store.machines.values();
    test.provider.report({
      kind: 'ended',
      id: record?.id ?? '',
      generation: 2,
      end: { ...killed, kind: 'guest-shutdown' },
    });
    expect(test.notifier.shown).toEqual([]);
  });

  it('are not shown to who does not want them, and the machine says it all the same', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', start: true });
    await test.engine.handlers['settings.change']({ desktop: { notifications: false } }, someone);
    const [record] = test.store.machines.values();
    test.provider.report({ kind: 'ended', id: record?.id ?? '', generation: 1, end: killed });
    expect(test.notifier.shown).toEqual([]);
    expect(test.events.of('notification.raised')).toEqual([]);
    expect((await test.engine.handlers['machine.list']({}, someone))[0]?.state).toBe('failed');
  });

  it('an old failure is not told again by the next life of the engine; one that came in between is', async () => {
    const first = await engineUnderTest();
    for (const name of ['old', 'fresh']) await first.create({ name, start: true });
    const ids = Object.fromEntries([...first.store.machines.values()].map((record) => [record.name, record.id]));
    first.provider.report({ kind: 'ended', id: ids.old ?? '', generation: 1, end: killed });
    await first.engine.stop();
    const second = await engineUnderTest({
      store: first.store,
      provider: first.provider,
      definitions: first.definitions,
    });
    expect(second.notifier.shown.map((notification) => notification.machine)).toEqual(['fresh']);
  });
});

describe('a full disk', () => {
  it('refuses new commands, keeps what is seen in memory, and recovers by itself', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', start: true });
    const [record] = test.store.machines.values();
    test.store.refusal = diskFull;
    test.provider.report({ kind: 'ended', id: record?.id ?? '', generation: 1, end: killed });
    await expect.poll(() => test.events.of('engine.notices-changed').at(-1)?.[0]?.severity).toBe('critical');
    await expect(async () =>
      test.ended(test.engine.handlers['machine.start']({ machine: 'demo' }, someone)),
    ).rejects.toMatchObject({ code: 'refused' });
    test.store.refusal = null;
    await test.clock.advance(2000);
    expect([...test.store.machines.values()][0]).toMatchObject({ state: 'failed' });
    expect(test.events.of('engine.notices-changed').at(-1)).toEqual([]);
    await expect.poll(() => test.actions()).toContain('storage.recovered');
  });
});

describe('lifetime', () => {
  it('stop leaves nothing open and leaves machines running', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', start: true });
    await test.engine.stop();
    expect(test.engine.open).toEqual([]);
    expect(test.provider.closed).toBe(true);
    expect(test.provider.processes.size).toBe(1);
    expect(test.provider.calls.filter((call) => call.startsWith('stop'))).toEqual([]);
  });

  it('the story of a deleted machine can still be read by its name; one that never was has none', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo' });
    await test.create({ name: 'other' });
    await test.ended(test.engine.handlers['machine.delete']({ machine: 'demo', force: false }, someone));
    const story = await test.engine.handlers['journal.list']({ machine: 'demo', limit: 10 }, someone);
    expect(story.map((entry) => entry.action)).toEqual(['machine.deleted', 'machine.created']);
    await expect(async () =>
      test.engine.handlers['journal.list']({ machine: 'never', limit: 10 }, someone),
    ).rejects.toMatchObject({ code: 'not-found' });
  });

  it('resolves a machine by name, by id and by eight characters of it', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'one' });
    await test.create({ name: 'two' });
    const [one] = await test.engine.handlers['machine.list']({}, someone);
    const id = one?.id ?? '';
    expect((await test.engine.handlers['machine.get']({ machine: id }, someone)).machine.name).toBe('one');
    await expect(async () =>
      test.engine.handlers['machine.get']({ machine: id.slice(0, 8) }, someone),
    ).rejects.toMatchObject({ code: 'conflict', hint: expect.stringContaining('two') });
    await expect(async () => test.engine.handlers['machine.get']({ machine: 'three' }, someone)).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('the next life of the engine', () => {
  it('takes up what runs, marks what is gone, and leaves alone what does not prove itself', async () => {
    const first = await engineUnderTest();
    for (const name of ['alive', 'dead', 'strange']) await first.create({ name, start: true });
    const ids = Object.fromEntries([...first.store.machines.values()].map((record) => [record.name, record.id]));
    first.provider.findings = new Map([
      [ids.alive ?? '', { kind: 'running', run: fakeRun(100) }],
      [ids.dead ?? '', { kind: 'gone', end: null }],
      [ids.strange ?? '', { kind: 'unidentified', pid: 102, reason: 'its monitor does not answer' }],
    ]);
    first.provider.calls.length = 0;
    const second = await engineUnderTest({
      store: first.store,
      provider: first.provider,
      definitions: first.definitions,
    });
    const states = Object.fromEntries(
      (await second.engine.handlers['machine.list']({}, someone)).map((machine) => [machine.name, machine.state]),
    );
    expect(states).toEqual({ alive: 'running', dead: 'failed', strange: 'unknown' });
    expect(second.provider.calls).toEqual([]);
    await expect(async () =>
      second.engine.handlers['machine.start']({ machine: 'strange' }, someone),
    ).rejects.toMatchObject({ code: 'refused' });
    await expect(async () =>
      second.engine.handlers['machine.delete']({ machine: 'strange', force: true }, someone),
    ).rejects.toMatchObject({ code: 'refused' });
  });

  it('looks again at what it could not identify, and takes it up when it answers', async () => {
    const first = await engineUnderTest();
    await first.create({ name: 'demo', start: true });
    const [record] = first.store.machines.values();
    const id = record?.id ?? '';
    first.provider.findings = new Map([[id, { kind: 'unidentified', pid: 100, reason: 'silent' }]]);
    const second = await engineUnderTest({
      store: first.store,
      provider: first.provider,
      definitions: first.definitions,
    });
    first.provider.findings = new Map([[id, { kind: 'running', run: fakeRun(100) }]]);
    await second.clock.advance(5000);
    expect((await second.engine.handlers['machine.list']({}, someone))[0]).toMatchObject({
      state: 'running',
      pid: 100,
    });
  });

  it('takes back a create that was cut short', async () => {
    const first = await engineUnderTest();
    first.provider.createGate = new Promise(() => {});
    await first.engine.handlers['machine.create'](
      { name: 'demo', cpus: 1, memoryMib: 64, diskMib: 16, forwards: [], tags: [], start: false },
      someone,
    );
    const second = await engineUnderTest({
      store: first.store,
      provider: first.provider,
      definitions: first.definitions,
    });
    await expect.poll(() => second.store.machines.size).toBe(0);
    expect(second.provider.files.size).toBe(0);
    expect([...second.store.operations.values()].map((operation) => operation.state)).toEqual(['failed']);
    expect(second.actions()).toContain('operation.interrupted');
  });

  it('finishes a delete that was cut short', async () => {
    const first = await engineUnderTest();
    await first.create({ name: 'demo' });
    const [record] = first.store.machines.values();
    if (record === undefined) throw new Error('no machine');
    first.store.operations.set('d', {
      id: 'd',
      machine: 'demo',
      machineId: record.id,
      kind: 'delete',
      state: 'running',
      progress: null,
      step: null,
      startedAt: record.createdAt,
      endedAt: null,
      cancellable: false,
    });
    const second = await engineUnderTest({
      store: first.store,
      provider: first.provider,
      definitions: first.definitions,
    });
    await expect.poll(() => second.store.machines.size).toBe(0);
    expect(second.definitions.written.size + second.provider.files.size).toBe(0);
  });

  it('does not repeat a stop that was cut short, and says that the machine runs on', async () => {
    const first = await engineUnderTest();
    await first.create({ name: 'demo', start: true });
    first.provider.stopGate = new Promise(() => {});
    await first.engine.handlers['machine.stop']({ machine: 'demo', force: false }, someone);
    const [record] = first.store.machines.values();
    await expect.poll(() => [...first.store.machines.values()][0]?.state).toBe('stopping');
    first.provider.findings = new Map([[record?.id ?? '', { kind: 'running', run: fakeRun(100) }]]);
    first.provider.calls.length = 0;
    const second = await engineUnderTest({
      store: first.store,
      provider: first.provider,
      definitions: first.definitions,
    });
    const [machine] = await second.engine.handlers['machine.list']({}, someone);
    expect(machine).toMatchObject({ state: 'running', wanted: 'stopped', notice: { severity: 'warning' } });
    expect(second.provider.calls).toEqual([]);
  });

  it('applies an end that happened while it was taking machines up', async () => {
    const first = await engineUnderTest();
    await first.create({ name: 'demo', start: true });
    const [record] = first.store.machines.values();
    const id = record?.id ?? '';
    const provider = first.provider;
    provider.reconcile = async () => {
      provider.report({ kind: 'ended', id, generation: 1, end: killed });
      return { findings: new Map([[id, { kind: 'running', run: fakeRun(100) }]]), strays: [] };
    };
    const second = await engineUnderTest({ store: first.store, provider, definitions: first.definitions });
    expect((await second.engine.handlers['machine.list']({}, someone))[0]?.state).toBe('failed');
  });

  it('does not tell a panic again that it knew before, and keeps the machine as failed', async () => {
    const first = await engineUnderTest();
    await first.create({ name: 'demo', start: true });
    const [record] = first.store.machines.values();
    const id = record?.id ?? '';
    const panicked = { kind: 'panicked', id, generation: 1, end: { ...killed, kind: 'panicked' } } as const;
    first.provider.report(panicked);
    await first.engine.stop();
    const provider = first.provider;
    provider.reconcile = async () => {
      provider.report(panicked);
      return { findings: new Map([[id, { kind: 'running', run: { ...fakeRun(100), state: 'paused' } }]]), strays: [] };
    };
    const second = await engineUnderTest({ store: first.store, provider, definitions: first.definitions });
    expect((await second.engine.handlers['machine.list']({}, someone))[0]).toMatchObject({ state: 'failed', pid: 100 });
    expect(second.notifier.shown).toEqual([]);
    await second.engine.handlers['journal.list']({ limit: 5 }, someone);
    expect(second.store.crashes).toHaveLength(1);
  });

  it('finds a machine by its definition when the database does not know it', async () => {
    const first = await engineUnderTest();
    await first.create({ name: 'demo' });
    const second = await engineUnderTest({ definitions: first.definitions });
    expect((await second.engine.handlers['machine.list']({}, someone)).map((machine) => machine.name)).toEqual([
      'demo',
    ]);
    expect(second.actions()).toContain('machine.adopted');
  });
});
