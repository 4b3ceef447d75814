import { describe, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import type { MachineConfig } from '../../../../main/contract/machine.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { FakeProvider } from '../../../support/fake-ports.ts';

/** Knows which ports of this computer are taken, as the real one finds out. */
class PortsProvider extends FakeProvider {
  readonly listening = new Set<number>();

  override async examine(config: MachineConfig, _own: string | null, taken: ReadonlyMap<number, string>) {
    if (config.network === 'bridge' && config.forwards.length > 0) {
      return [{ field: 'forwards', message: 'A machine on a bridge has an address of its own.' }];
    }
    const isTaken = (port: number): boolean => taken.has(port) || this.listening.has(port);
    return config.forwards.flatMap(({ host }, index) => {
      if (!isTaken(host)) return [];
      let free = host + 1;
      while (isTaken(free) || config.forwards.some((known) => known.host === free)) free += 1;
      const owner = taken.get(host);
      const message =
        owner === undefined
          ? `Port ${host} of this computer is taken.`
          : `Port ${host} belongs to the machine ${owner}.`;
      return [{ field: `forwards.${index}.host`, message, suggestion: String(free) }];
    });
  }
}

async function fleet(start = true): Promise<EngineUnderTest & { readonly ports: PortsProvider }> {
  const ports = new PortsProvider();
  const test = await engineUnderTest({ provider: ports });
  await test.create({ name: 'demo', forwards: [{ host: 2222, guest: 22 }], start });
  return { ...test, ports };
}
const add = (test: EngineUnderTest, host: number, guest: number, machine = 'demo') =>
  test.ended(test.engine.handlers['forward.add']({ machine, host, guest }, someone));
const remove = (test: EngineUnderTest, host: number, guest: number) =>
  test.ended(test.engine.handlers['forward.remove']({ machine: 'demo', host, guest }, someone));
const detail = (test: EngineUnderTest) => test.engine.handlers['machine.get']({ machine: 'demo' }, someone);
const written = async (test: EngineUnderTest) => {
  const reading = await test.definitions.read('demo');
  return reading?.kind === 'good' ? reading.definition.config.forwards : null;
};
const forwards = (test: EngineUnderTest) => test.provider.calls.filter((call) => call.includes('forward'));

describe('a forward is added', () => {
  it('at once to a machine that runs, to its definition and to what is remembered of its run', async () => {
    const test = await fleet();
    expect((await detail(test)).machine.capabilities).toContain('forward');
    const added = await add(test, 8080, 80);
    expect(added).toMatchObject({
      kind: 'edit',
      state: 'done',
      result: { forward: { host: 8080, guest: 80 }, note: '127.0.0.1:8080 leads to its port 80', pending: false },
    });
    expect(forwards(test)).toEqual(['forward demo 8080:80']);
    const both = [
      { host: 2222, guest: 22 },
      { host: 8080, guest: 80 },
    ];
    expect(await written(test)).toEqual(both);
    expect((await detail(test)).machine).toMatchObject({ forwards: both, notice: null });
    expect([...test.store.machines.values()][0]).toMatchObject({
      config: { forwards: both },
      runtime: expect.stringContaining('forward demo 8080:80'),
    });
    expect(test.store.journal.at(-1)).toMatchObject({
      action: 'machine.edited',
      actor: 'user',
      details: { host: 8080, live: true },
    });
  });

  it('to the definition alone of one that does not run', async () => {
    const test = await fleet(false);
    expect(await add(test, 8080, 80)).toMatchObject({ state: 'done', result: { pending: false } });
    expect(forwards(test)).toEqual([]);
    expect(await written(test)).toHaveLength(2);
  });

  it('beside an edit that waits for the next start, which goes on waiting', async () => {
    const test = await fleet();
    await test.ended(test.engine.handlers['machine.edit']({ machine: 'demo', change: { cpus: 4 } }, someone));
    expect(await add(test, 8080, 80)).toMatchObject({ state: 'done', result: { pending: true } });
    expect((await detail(test)).machine).toMatchObject({ cpus: 2, forwards: [{ host: 2222 }, { host: 8080 }] });
    expect(await test.definitions.read('demo')).toMatchObject({
      definition: { config: { cpus: 4, forwards: [{}, {}] } },
    });
  });

  it.each([
    [22, 2223],
    [80, 8080],
    [443, 8443],
    [5432, 5432],
    [25, 10_025],
  ])('with a free port of its own choice: port %i at %i', async (guest, host) => {
    const test = await fleet();
    // Of the machine itself, or of anybody else: both are passed by.
    test.ports.listening.add(2222);
    expect(await add(test, 0, guest)).toMatchObject({ result: { forward: { host, guest } } });
  });

  it('past the ports of other machines, those that are stopped too', async () => {
    const test = await fleet();
    await test.create({ name: 'other', forwards: [{ host: 8080, guest: 80 }] });
    expect(await add(test, 0, 80)).toMatchObject({ result: { forward: { host: 8081 } } });
    await expect(add(test, 8080, 80)).rejects.toMatchObject({
      code: 'bad-input',
      field: 'host',
      message: 'Port 8080 belongs to the machine other.',
      hint: 'Try 8082, or auto.',
    });
    test.ports.listening.add(9000);
    await expect(add(test, 9000, 80)).rejects.toMatchObject({ message: 'Port 9000 of this computer is taken.' });
    await expect(add(test, 2222, 23)).rejects.toMatchObject({
      message: "Port 2222 leads to port 22 of 'demo' already.",
    });
    expect(forwards(test)).toEqual(['forward demo 8081:80']);
  });

  it('or nothing is: when QEMU refuses, when the definition is broken, when it cannot be written', async () => {
    const test = await fleet();
    test.provider.forwardError = new VigilError('refused', 'Port 8080 of this computer is taken.', { field: 'host' });
    expect(await add(test, 8080, 80)).toMatchObject({ state: 'failed', error: { code: 'refused' } });
    expect(await written(test)).toHaveLength(1);
    test.provider.forwardError = null;

    const write = test.definitions.write.bind(test.definitions);
    test.definitions.write = () => Promise.reject(new VigilError('refused', 'The disk is full.'));
    expect(await add(test, 8080, 80)).toMatchObject({ state: 'failed', error: { message: 'The disk is full.' } });
    expect(forwards(test).slice(-2)).toEqual(['forward demo 8080:80', 'unforward demo 8080:80']);
    test.definitions.write = write;
    expect((await detail(test)).machine.forwards).toEqual([{ host: 2222, guest: 22 }]);

    const fault = { path: '/x', line: 1, field: null, message: 'demo.yaml cannot be read.' };
    test.definitions.written.set('demo', { kind: 'broken', name: 'demo', id: null, fault });
    expect(await add(test, 8080, 80)).toMatchObject({
      state: 'failed',
      error: { message: 'demo.yaml cannot be read.' },
    });
    expect(test.actions().filter((action) => action === 'machine.verb-failed')).toHaveLength(3);
  });

  it('to no machine on a bridge, which has an address of its own', async () => {
    const test = await fleet();
    await test.create({ name: 'bridged', network: 'bridge', bridge: 'br0' });
    await expect(add(test, 0, 22, 'bridged')).rejects.toMatchObject({ code: 'refused', field: 'host' });
    const bridged = await test.engine.handlers['machine.get']({ machine: 'bridged' }, someone);
    expect(bridged.machine.capabilities).not.toContain('forward');
  });

  it('64 times and no more', async () => {
    const test = await engineUnderTest();
    const many = Array.from({ length: 64 }, (_, index) => ({ host: 3000 + index, guest: 1 }));
    await test.create({ name: 'demo', forwards: many });
    await expect(add(test, 4000, 80)).rejects.toMatchObject({ code: 'refused' });
  });
});

describe('a forward is taken back', () => {
  it('at once, and its port is free again', async () => {
    const test = await fleet();
    expect(await remove(test, 2222, 22)).toMatchObject({
      state: 'done',
      result: { forward: { host: 2222, guest: 22 } },
    });
    expect(forwards(test)).toEqual(['unforward demo 2222:22']);
    expect(await written(test)).toEqual([]);
    expect((await detail(test)).machine).toMatchObject({ forwards: [], address: null });
  });

  it('only when there is one like it; those there are are named', async () => {
    const test = await fleet();
    await expect(remove(test, 2222, 23)).rejects.toMatchObject({ code: 'not-found', hint: 'It has 2222:22.' });
    expect(forwards(test)).toEqual([]);
  });
});

describe('a draft', () => {
  const rehearse = (test: EngineUnderTest, draft: Record<string, unknown>) =>
    test.engine.handlers['machine.rehearse']({ draft: { name: 'twin', ...draft } }, someone);

  it('has no MAC address of another machine, chosen or made', async () => {
    const test = await fleet(false);
    await test.create({ name: 'chosen', mac: '52:54:00:aa:bb:cc' });
    const [{ id } = { id: '' }] = [...test.store.machines.values()];
    const made = test.provider.macOf({
      id,
      config: { ...(await detail(test)).config, mac: undefined } as MachineConfig,
    });
    for (const [mac, owner] of [
      ['52:54:00:AA:BB:CC', 'chosen'],
      [made, 'demo'],
    ]) {
      expect(await rehearse(test, { mac })).toMatchObject([
        { field: 'mac', message: expect.stringContaining(`the machine ${owner}`) },
      ]);
    }
    expect(await rehearse(test, { mac: '52:54:00:aa:bb:cd' })).toEqual([]);
  });
});
