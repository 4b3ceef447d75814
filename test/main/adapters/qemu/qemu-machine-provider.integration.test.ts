import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProcesses } from '../../../../main/adapters/processes/processes.ts';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import type { MachineProvider, ProvidedMachine } from '../../../../main/engine/ports/machine-provider.ts';
import { eventually } from '../../../support/eventually.ts';
import {
  atMonitor,
  createQemuRig,
  firmwareMachine,
  type QemuRig,
  recordOf,
  work,
  writePort,
} from '../../../support/qemu.ts';

let rig: QemuRig;
let provider: MachineProvider;

beforeEach(() => {
  rig = createQemuRig();
  provider = rig.provider();
});
afterEach(() => rig.end());

async function running(
  config: Parameters<typeof firmwareMachine>[0] = {},
): Promise<ProvidedMachine & { runtime: string }> {
  const machine = firmwareMachine(config);
  await provider.create(machine, work());
  const run = await provider.start(machine, work());
  return { ...machine, runtime: run.runtime };
}

const gentle = { force: false, acpiMs: 300 };
const pidOf = (machine: { runtime: string }) => recordOf(machine.runtime).identity.pid;

describe('a local machine', () => {
  it('is made, runs, ignores the power button, quits and is removed without a trace', async () => {
    const machine = firmwareMachine();
    await provider.create(machine, work());
    expect(readdirSync(path.join(rig.home, 'machines', machine.id)).sort()).toEqual(['console.log', 'disk.qcow2']);

    await provider.health();
    const context = work();
    const begun = performance.now();
    const run = await provider.start(machine, context);
    console.log(
      `start to greeting: ${(performance.now() - begun).toFixed(0)} ms, ${run.accelerator}: ${run.acceleratorReason}`,
    );
    expect(rig.pids()).toEqual([run.pid]);
    expect(run).toMatchObject({ state: 'running', runtime: context.runtimes[0] });
    expect(Math.abs(Date.parse(run.startedAt) - Date.now())).toBeLessThan(5000);
    const folder = path.join(rig.home, 'machines', machine.id);
    for (const name of readdirSync(folder)) expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);

    await expect(provider.remove({ ...machine, runtime: run.runtime })).rejects.toMatchObject({ code: 'conflict' });
    const stopped = await provider.stop({ ...machine, runtime: run.runtime }, gentle, work());
    expect(stopped).toEqual({ rung: 'quit' });
    expect(rig.pids()).toEqual([]);
    expect(rig.reports).toEqual([]);

    await provider.remove(machine);
    expect(existsSync(folder)).toBe(false);
    await provider.remove(machine);
  });

  it('writes what its firmware says to the console log', async () => {
    const machine = await running();
    await eventually('the firmware speaks', async () =>
      (await provider.readConsole(machine, undefined, 65_536)).text.includes('SeaBIOS'),
    );
  });

  it('stops by force without a word to the guest', async () => {
    const machine = await running();
    const context = work();
    expect(await provider.stop(machine, { force: true, acpiMs: 30_000 }, context)).toEqual({ rung: 'quit' });
    expect(context.steps).toEqual(['Telling QEMU to quit']);
  });

  it('is killed when it was frozen', { timeout: 30_000 }, async () => {
    const machine = await running();
    process.kill(pidOf(machine), 'SIGSTOP');
    expect(await provider.stop(machine, { force: true, acpiMs: 300 }, work())).toEqual({ rung: 'kill' });
    expect(rig.pids()).toEqual([]);
  });

  it('is resumed to be stopped when it was paused', async () => {
    const machine = await running();
    await atMonitor(machine.runtime, 'stop');
    await eventually('the pause is told', () => rig.reports.some(({ kind }) => kind === 'paused'));
    expect(await provider.stop(machine, gentle, work())).toEqual({ rung: 'quit' });
  });

  it('goes on running when its stop is cancelled, and its end is told again', async () => {
    const machine = await running();
    const source = createStopSource();
    const context = { ...work(source.signal), progress: () => source.stop('enough') };
    await expect(provider.stop(machine, { force: false, acpiMs: 30_000 }, context)).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(rig.pids()).toEqual([pidOf(machine)]);
    await atMonitor(machine.runtime, 'quit').catch(() => {});
    await eventually('the end is told', () => rig.reports.length > 0);
    expect(rig.reports).toMatchObject([{ kind: 'ended', end: { kind: 'quit' } }]);
  });

  it('was gone already: a stop says so', async () => {
    const machine = await running();
    process.kill(pidOf(machine), 'SIGKILL');
    await eventually('it is gone', () => rig.pids().length === 0);
    expect(await provider.stop(machine, gentle, work())).toEqual({ rung: 'ended' });
  });
});

describe('an end that nobody asked for', () => {
  const ends: readonly [string, (machine: { runtime: string }) => unknown, string][] = [
    ['kill -9', (machine) => process.kill(pidOf(machine), 'SIGKILL'), 'killed'],
    ['SIGTERM', (machine) => process.kill(pidOf(machine), 'SIGTERM'), 'host-signal'],
    ['a segmentation fault', (machine) => process.kill(pidOf(machine), 'SIGSEGV'), 'killed'],
    ["somebody's quit", (machine) => atMonitor(machine.runtime, 'quit').catch(() => {}), 'quit'],
  ];
  it.each(ends)('by %s is told once, and why', async (_name, end, kind) => {
    const machine = await running();
    await end(machine);
    await eventually('the end is told', () => rig.reports.length > 0, 2000);
    expect(rig.reports).toMatchObject([{ kind: 'ended', id: machine.id, generation: 1, end: { kind } }]);
    expect(rig.pids()).toEqual([]);
  });

  it('by a panic is told with its evidence, and the process is held', async () => {
    const machine = await running();
    await writePort(machine.runtime, '0x505', '1');
    await eventually('the panic is told', () => rig.reports.length > 0);
    expect(rig.reports).toMatchObject([{ kind: 'panicked', end: { kind: 'panicked' } }]);
    const [report] = rig.reports;
    // STOP follows it, before or after the report was made.
    expect(report !== undefined && 'end' in report && JSON.parse(report.end.events)[0]).toMatchObject({
      event: 'GUEST_PANICKED',
    });
    expect(rig.pids()).toEqual([pidOf(machine)]);
    const context = work();
    expect(await provider.stop(machine, { force: false, acpiMs: 30_000 }, context)).toEqual({ rung: 'quit' });
    expect(context.steps).toEqual(['Telling QEMU to quit']);
  });

  it('by a fired watchdog is told', async () => {
    const machine = await running();
    await writePort(machine.runtime, '0x443', '0xf');
    await eventually('the watchdog is told', () => rig.reports.length > 0);
    expect(rig.reports).toMatchObject([{ kind: 'watchdog' }]);
  });
});

describe('a new engine', () => {
  it('takes up what lives and hears it again', async () => {
    const machine = await running();
    await provider.close();
    provider = rig.provider();
    const begun = performance.now();
    const { findings, strays } = await provider.reconcile([machine]);
    console.log(`reconcile: ${(performance.now() - begun).toFixed(0)} ms`);
    expect(findings.get(machine.id)).toMatchObject({
      kind: 'running',
      run: { pid: pidOf(machine), runtime: machine.runtime },
    });
    expect(strays).toEqual([]);
    await writePort(machine.runtime, '0x505', '1');
    await eventually('the panic is told', () => rig.reports.some(({ kind }) => kind === 'panicked'));
    process.kill(pidOf(machine), 'SIGKILL');
    await eventually('the end is told', () => rig.reports.length > 1);
    expect(rig.reports.map(({ kind }) => kind)).toEqual(['panicked', 'ended']);
  });

  it('finds a process that was spawned and never written down', async () => {
    const machine = await running();
    await provider.close();
    provider = rig.provider();
    const found = await provider.reconcile([{ ...machine, runtime: null }]);
    expect(found.findings.get(machine.id)).toMatchObject({ kind: 'running', run: { pid: pidOf(machine) } });
    expect(await provider.stop({ ...machine, runtime: null }, gentle, work())).toEqual({ rung: 'quit' });
  });

  it('names a machine that no record knows a stray, and leaves it alone', async () => {
    const machine = await running();
    await provider.close();
    provider = rig.provider();
    expect((await provider.reconcile([])).strays).toEqual([{ pid: pidOf(machine), id: machine.id, name: 'demo' }]);
    expect(rig.pids()).toEqual([pidOf(machine)]);
  });

  it('finds a dead machine gone although a stranger has its number', async () => {
    const machine = await running();
    await provider.close();
    process.kill(pidOf(machine), 'SIGKILL');
    await eventually('it is gone', () => rig.pids().length === 0);
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
    try {
      const record = recordOf(machine.runtime);
      const runtime = JSON.stringify({
        version: 1,
        ...record,
        identity: { ...record.identity, pid: stranger.pid },
      });
      provider = rig.provider();
      const { findings } = await provider.reconcile([{ ...machine, runtime }]);
      expect(findings.get(machine.id)).toEqual({ kind: 'gone', end: null });
      expect(await provider.stop({ ...machine, runtime }, { force: true, acpiMs: 100 }, work())).toEqual({
        rung: 'ended',
      });
      expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    } finally {
      stranger.kill('SIGKILL');
    }
  });

  it('leaves a process alone whose number, start and boot fit but which does not say who it is', async () => {
    const machine = await running();
    await provider.stop(machine, { force: true, acpiMs: 100 }, work());
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
    try {
      const runtime = JSON.stringify({
        version: 1,
        ...recordOf(machine.runtime),
        identity: createProcesses().identify(stranger.pid ?? 0),
      });
      const { findings } = await provider.reconcile([{ ...machine, runtime }]);
      expect(findings.get(machine.id)).toMatchObject({ kind: 'unidentified', pid: stranger.pid });
      for (const force of [false, true]) {
        const stop = provider.stop({ ...machine, runtime }, { force, acpiMs: 100 }, work());
        await expect(stop).rejects.toMatchObject({ code: 'refused' });
      }
      expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    } finally {
      stranger.kill('SIGKILL');
    }
  });

  it('never takes another of its machines for the one that had the number, and never signals it', async () => {
    const [one, other] = [await running(), await running()];
    await provider.stop(one, { force: true, acpiMs: 100 }, work());
    const runtime = JSON.stringify({ ...JSON.parse(other.runtime), generation: 1 });
    await provider.close();
    provider = rig.provider();
    const { findings } = await provider.reconcile([{ ...one, runtime }]);
    expect(findings.get(one.id)).toMatchObject({ kind: 'unidentified', pid: pidOf(other) });
    const stop = provider.stop({ ...one, runtime }, { force: true, acpiMs: 100 }, work());
    await expect(stop).rejects.toMatchObject({ code: 'refused' });
    expect(rig.pids()).toEqual([pidOf(other)]);
  });

  it('does not take up a frozen machine, and does once it answers again', async () => {
    const machine = await running();
    await provider.close();
    process.kill(pidOf(machine), 'SIGSTOP');
    provider = rig.provider();
    const begun = performance.now();
    const frozen = await provider.reconcile([machine]);
    expect(performance.now() - begun).toBeLessThan(3000);
    expect(frozen.findings.get(machine.id)).toMatchObject({ kind: 'unidentified', pid: pidOf(machine) });
    await expect(provider.stop(machine, gentle, work())).rejects.toMatchObject({ code: 'refused' });
    process.kill(pidOf(machine), 'SIGCONT');
    const thawed = await provider.reconcile([machine]);
    expect(thawed.findings.get(machine.id)).toMatchObject({ kind: 'running' });
  });

  it('tells which signal ended a machine while nobody listened', async () => {
    const machine = await running();
    await provider.close();
    process.kill(pidOf(machine), 'SIGTERM');
    await eventually('it is gone', () => rig.pids().length === 0);
    provider = rig.provider();
    const { findings } = await provider.reconcile([machine]);
    expect(findings.get(machine.id)).toMatchObject({ kind: 'gone', end: { kind: 'host-signal' } });
  });

  it('starts a machine whose sockets a killed QEMU left behind', async () => {
    const machine = await running();
    process.kill(pidOf(machine), 'SIGKILL');
    await eventually('the end is told', () => rig.reports.length > 0);
    expect(existsSync(recordOf(machine.runtime).paths.qmp)).toBe(true);
    const again = await provider.start({ ...machine, generation: 2, runtime: null }, work());
    expect(rig.pids()).toEqual([again.pid]);
  });

  it('never starts a machine twice, not even when it forgot the first', async () => {
    const machine = await running();
    await provider.close();
    provider = rig.provider();
    await expect(provider.start({ ...machine, runtime: null }, work())).rejects.toMatchObject({ code: 'conflict' });
    expect(rig.pids()).toEqual([pidOf(machine)]);
    const { findings } = await provider.reconcile([machine]);
    expect(findings.get(machine.id)).toMatchObject({ kind: 'running' });
  });
});

describe('a start that fails', () => {
  const prepared = async (config: Parameters<typeof firmwareMachine>[0] = {}) => {
    const machine = firmwareMachine(config);
    await provider.create(machine, work());
    return machine;
  };

  it('names the field of a taken port', async () => {
    const { port, server } = await takePort();
    try {
      const machine = await prepared({ forwards: [{ host: port, guest: 22 }] });
      await expect(provider.start(machine, work())).rejects.toMatchObject({
        field: 'forwards.0.host',
        code: 'refused',
      });
      expect(rig.pids()).toEqual([]);
    } finally {
      server.close();
    }
  });

  it('leaves no process when it is cancelled at any step', async () => {
    const machine = await prepared();
    for (const stepNumber of [1, 2, 3]) {
      const source = createStopSource();
      let steps = 0;
      const progress = () => {
        steps += 1;
        if (steps === stepNumber) source.stop('enough');
      };
      await expect(provider.start(machine, { ...work(source.signal), progress })).rejects.toMatchObject({
        code: 'cancelled',
      });
      expect(rig.pids()).toEqual([]);
    }
    expect(rig.reports).toEqual([]);
  });

  it('leaves no process when its record cannot be written', async () => {
    const machine = await prepared();
    const spawned = () => Promise.reject(new Error('the disk is full'));
    await expect(provider.start(machine, { ...work(), spawned })).rejects.toThrow('the disk is full');
    expect(rig.pids()).toEqual([]);
  });

  it('says that a disk is none before QEMU has to', async () => {
    const machine = await prepared();
    writeFileSync(path.join(rig.home, 'machines', machine.id, 'disk.qcow2'), 'this is no disk');
    await expect(provider.start(machine, work())).rejects.toThrow(
      /The disk of demo cannot be used: .* is no qcow2 image/,
    );
    expect(rig.pids()).toEqual([]);
  });

  it("tells QEMU's own words about a disk that is broken inside", async () => {
    const machine = await prepared();
    const disk = path.join(rig.home, 'machines', machine.id, 'disk.qcow2');
    const bytes = readFileSync(disk);
    // Where its tables lie.
    bytes.fill(0xff, 40, 60);
    writeFileSync(disk, bytes);
    await expect(provider.start(machine, work())).rejects.toThrow(
      /QEMU ended at once: .*disk\.qcow2|QEMU ended at once: .*table/s,
    );
    expect(rig.pids()).toEqual([]);
    expect(rig.reports).toEqual([]);
  });
});

describe('a creation', () => {
  it('that fails leaves nothing', async () => {
    const machine = firmwareMachine({ diskMib: 2 ** 50 });
    await expect(provider.create(machine, work())).rejects.toMatchObject({ field: 'diskMib' });
    expect(readdirSync(path.join(rig.home, 'machines'))).toEqual([]);
  });

  it('that is cancelled leaves nothing', async () => {
    const source = createStopSource();
    const context = { ...work(source.signal), progress: () => source.stop('enough') };
    await expect(provider.create(firmwareMachine(), context)).rejects.toMatchObject({ code: 'cancelled' });
    expect(readdirSync(path.join(rig.home, 'machines'))).toEqual([]);
  });

  it('over something that is there already leaves that alone', async () => {
    const machine = firmwareMachine();
    const folder = path.join(rig.home, 'machines', machine.id);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'disk.qcow2'), 'precious');
    await expect(provider.create(machine, work())).rejects.toMatchObject({ code: 'conflict' });
    expect(readdirSync(folder)).toEqual(['disk.qcow2']);
  });

  it('never leaves the machines folder, whatever the id', async () => {
    for (const id of ['../../etc', '', 'x', '..', `${firmwareMachine().id}/..`]) {
      const machine = { ...firmwareMachine(), id };
      await expect(provider.create(machine, work())).rejects.toMatchObject({ code: 'bad-input' });
      await expect(provider.remove(machine)).rejects.toMatchObject({ code: 'bad-input' });
    }
  });
});

it('a data home with a hostile name serves as well as any', async () => {
  await rig.end();
  rig = createQemuRig('a,b=c,id=x %s ü $(touch pwned) "q"');
  provider = rig.provider();
  const machine = await running();
  expect(await provider.stop(machine, gentle, work())).toEqual({ rung: 'quit' });
});

function takePort(): Promise<{ port: number; server: Server }> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({ server, port: typeof address === 'object' && address !== null ? address.port : 0 });
    });
  });
}
