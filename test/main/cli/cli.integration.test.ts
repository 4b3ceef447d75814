import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Handlers } from '../../../main/contract/calls.ts';
import { VigilError } from '../../../main/contract/failure.ts';
import type { WatchStatus } from '../../../main/contract/lifecycle.ts';
import type { Operation } from '../../../main/contract/operation.ts';
import { type AnsweringEngine, answeringEngine } from '../../support/answering-engine.ts';
import { runCliHere } from '../../support/cli-here.ts';
import { runCliProcess, spawnCli } from '../../support/cli-process.ts';
import { eventually } from '../../support/eventually.ts';
import { sampleMachine, sampleOperation } from '../../support/sample-machine.ts';

/** The real command line as a process, in front of an engine whose answers are ours. */

let rig: AnsweringEngine;
let home: string;

async function engine(answers: Partial<Handlers> = {}): Promise<void> {
  await rig?.end();
  rig = await answeringEngine(answers);
  home = rig.home;
}

const vigil = (...args: string[]) => runCliProcess(home, args);
const verbEndsAs = (changes: Partial<Operation>): Partial<Handlers> => {
  const begin = () => sampleOperation({ ...changes, state: 'running' });
  return {
    'machine.create': begin,
    'machine.start': begin,
    'machine.stop': begin,
    'machine.restart': begin,
    'machine.delete': begin,
    'operation.wait': () => sampleOperation(changes),
  };
};
const inputOf = (name: keyof Handlers) => vi.mocked(rig.handlers[name]).mock.calls[0]?.[0];

beforeEach(() => engine());
afterEach(() => rig.end());

describe('looking', () => {
  test('list prints a table, and with --json an array', async () => {
    await engine({ 'machine.list': () => [sampleMachine({ name: 'demo\u001b[2J' })] });
    const table = await vigil('list', '--filter', 'RUNNING', '--tag', 'web');
    expect(table).toMatchObject({ exitCode: 0, stderr: '' });
    expect(table.stdout).toMatch(/^SESSION +VM NAME +STATUS +IP +REGION +SIZE +HEALTH\n- +demo +running/);
    expect(table.stdout).not.toContain('\u001b');
    expect(inputOf('machine.list')).toEqual({ state: 'running', tag: 'web' });
    const json = await vigil('--json', 'list');
    expect(JSON.parse(json.stdout)).toEqual([sampleMachine({ name: 'demo\u001b[2J' })]);
    expect(json.stdout).not.toContain('\u001b');
  });

  test('an empty list is a word on standard error and an empty array in JSON', async () => {
    await engine({ 'machine.list': () => [] });
    expect(await vigil('list')).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await vigil('list', '--json')).toEqual({ exitCode: 0, stdout: '[]\n', stderr: '' });
  });

  test('show and status print one machine', async () => {
    const detail = {
      machine: sampleMachine(),
      config: null,
      definitionPath: '/d',
      diskPath: null,
      diskUsedBytes: null,
      disks: [],
      consoleLogPath: null,
      acceleratorReason: null,
      mac: null,
      guest: null,
    };
    const lifecycle: WatchStatus = {
      machine: 'demo',
      enabled: true,
      checkInterval: 60,
      sshFailures: 2,
      sshThreshold: 3,
      lastCheck: null,
      lastStatus: 'unknown',
      reason: null,
      advice: null,
      target: 'ada@127.0.0.1:2222',
      checks: [],
      policy: 'never',
      dryRun: false,
      config: null,
    };
    await engine({ 'machine.get': () => detail, 'lifecycle.status': () => [lifecycle] });
    expect(JSON.parse((await vigil('status', 'demo', '--json')).stdout)).toEqual({ ...sampleMachine(), lifecycle });
    expect((await vigil('status', 'demo')).stdout).toMatch(/Lifecycle Monitoring[\s\S]*SSH Failures:\s+2\/3/);
    expect(JSON.parse((await vigil('show', 'demo', '--json')).stdout)).toMatchObject({
      id: sampleMachine().id,
      definitionPath: '/d',
    });
    expect((await vigil('show', 'demo')).stdout).toContain('State:');
  });

  test('history hands on its limits', async () => {
    await engine({ 'journal.list': () => [] });
    expect(await vigil('history', '--vm', 'demo', '--limit', '3', '--json')).toMatchObject({
      exitCode: 0,
      stdout: '[]\n',
    });
    expect(inputOf('journal.list')).toEqual({ machine: 'demo', limit: 3 });
  });

  test('an answer that never comes ends at --timeout', async () => {
    await engine({ 'machine.list': () => new Promise(() => undefined) });
    const result = await vigil('list', '--timeout', '0.2', '--json');
    expect(result.exitCode).toBe(1);
    expect(JSON.parse(result.stdout)).toMatchObject({ error: { code: 'timeout' } });
  });
});

describe('verbs', () => {
  test('create hands on every flag, file names as they are meant here', async () => {
    await engine(verbEndsAs({ kind: 'create' }));
    const result = await vigil(
      ...['create', 'demo', '--cpus', '1', '--memory', '64', '--disk', '16', '--mac', '52:54:00:00:00:01'],
      ...['--forward', '2222:22', '--forward', '8080:80', '--kernel', 'vmlinuz', '--initrd', '/boot/initrd'],
      ...['--append', 'console=ttyS0 quiet', '--iso', 'cd.iso', '--network', 'nat', '--start'],
    );
    expect(result).toEqual({ exitCode: 0, stdout: "Machine 'demo' created successfully\n", stderr: '' });
    expect(inputOf('machine.create')).toEqual({
      name: 'demo',
      cpus: 1,
      memoryMib: 64,
      diskMib: 16,
      mac: '52:54:00:00:00:01',
      forwards: [
        { host: 2222, guest: 22 },
        { host: 8080, guest: 80 },
      ],
      kernel: path.join(rig.folder, 'vmlinuz'),
      initrd: '/boot/initrd',
      append: 'console=ttyS0 quiet',
      iso: path.join(rig.folder, 'cd.iso'),
      network: 'nat',
      start: true,
      tags: [],
    });
  });

  test('create hands on what the disk is to be, and refuses a format there is not', async () => {
    await engine(verbEndsAs({ kind: 'create' }));
    const flags = ['--disk-path', 'own.img', '--disk-format', 'raw', '--preallocation', 'metadata'];
    expect(await vigil('create', 'demo', ...flags)).toMatchObject({ exitCode: 0 });
    expect(inputOf('machine.create')).toMatchObject({
      diskPath: path.join(rig.folder, 'own.img'),
      diskFormat: 'raw',
      preallocation: 'metadata',
    });
    expect(await vigil('create', 'demo', '--disk-format', 'vmdk')).toMatchObject({ exitCode: 2 });
  });

  test('stop sets the ACPI rung with --timeout and names the rung that ended it', async () => {
    await engine(verbEndsAs({ kind: 'stop', result: { rung: 'quit' } }));
    expect(await vigil('stop', 'demo', '--timeout', '5')).toEqual({
      exitCode: 0,
      stdout: "Machine 'demo' stopped (quit)\n",
      stderr: '',
    });
    expect(inputOf('machine.stop')).toEqual({ machine: 'demo', force: false, timeoutSeconds: 5 });
  });

  test('with --json one name gives the operation itself, several give a list', async () => {
    await engine(verbEndsAs({ kind: 'start' }));
    expect(JSON.parse((await vigil('start', 'demo', '--json')).stdout)).toEqual(sampleOperation());
    const several = await vigil('start', 'a', 'b', '--json');
    expect(JSON.parse(several.stdout)).toEqual([sampleOperation(), sampleOperation()]);
  });

  test('a verb that fails says so on standard error and exits 1', async () => {
    await engine(
      verbEndsAs({ kind: 'start', state: 'failed', error: { code: 'refused', message: 'QEMU is missing.' } }),
    );
    expect(await vigil('start', 'demo')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: "Machine 'demo' failed to start: QEMU is missing.\n",
    });
    expect(JSON.parse((await vigil('start', 'demo', '--json')).stdout)).toMatchObject({
      state: 'failed',
      error: { code: 'refused' },
    });
  });

  test('of several all are tried, and one failure makes the exit code 1', async () => {
    await engine({
      ...verbEndsAs({ kind: 'start' }),
      'machine.start': ({ machine }) => {
        if (machine === 'b') throw new VigilError('not-found', "There is no machine 'b'.", { field: 'machine' });
        return sampleOperation({ machine, state: 'running' });
      },
    });
    const result = await vigil('start', 'a', 'b', 'c');
    expect(result.exitCode).toBe(1);
    expect(result.stdout.match(/started/g)).toHaveLength(2);
    expect(result.stderr).toContain("Machine 'b' failed to start: There is no machine 'b'.");
    const json = JSON.parse((await vigil('start', 'a', 'b', 'c', '--json')).stdout) as unknown[];
    expect(json[1]).toEqual({ error: { code: 'not-found', message: "There is no machine 'b'.", field: 'machine' } });
    expect(json).toHaveLength(3);
  });

  test('a wait longer than --timeout fails, and the engine carries on', async () => {
    await engine({ ...verbEndsAs({ kind: 'start' }), 'operation.wait': () => new Promise(() => undefined) });
    const result = await vigil('start', 'demo', '--timeout', '0.2', '--json');
    expect(result.exitCode).toBe(1);
    expect(JSON.parse(result.stdout)).toMatchObject({ error: { code: 'timeout' } });
  });

  test('Ctrl-C cancels what is under way and tells how it ended', async () => {
    let end: (operation: Operation) => void = () => undefined;
    const ended = new Promise<Operation>((resolve) => {
      end = resolve;
    });
    await engine({
      ...verbEndsAs({ kind: 'create' }),
      'operation.wait': () => ended,
      'operation.cancel': () => {
        end(sampleOperation({ kind: 'create', state: 'cancelled' }));
        return sampleOperation({ kind: 'create', state: 'running' });
      },
    });
    const cli = spawnCli(home, ['create', 'demo']);
    await eventually('it waits', () => rig.handlers.heard().includes('operation.wait'));
    cli.process.kill('SIGINT');
    const result = await cli.ended;
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain("Machine 'demo': create was cancelled");
  });

  test('an engine that goes away during a wait ends it as unreachable', async () => {
    await engine({ ...verbEndsAs({ kind: 'start' }), 'operation.wait': () => new Promise(() => undefined) });
    const cli = spawnCli(home, ['start', 'demo', '--json']);
    await eventually('it waits', () => rig.handlers.heard().includes('operation.wait'));
    void rig.server.close();
    await rig.clock.advance(2_000);
    const result = await cli.ended;
    expect(result.exitCode).toBe(1);
    expect(JSON.parse(result.stdout)).toMatchObject({ error: { code: 'unreachable' } });
  });
});

describe('used wrongly', () => {
  test.each([
    [['list', '--colour'], '--colour'],
    [['lst'], undefined],
    [['create'], 'name'],
    [['create', 'demo', '--cpus', 'many'], 'cpus'],
    [['create', 'demo', '--cpus'], '--cpus'],
    [['create', 'demo', '--forward', '22'], 'forwards'],
    [['create', 'demo', '--network', 'brigde'], 'network'],
    [['create', 'Demo'], 'name'],
    [['create', 'demo', '--memory', '1'], 'memoryMib'],
    [['create', 'demo', '--forward', '0:22'], 'forwards.0.host'],
    [['create', 'demo', 'extra'], undefined],
    [['list', '--filter', 'happy'], 'state'],
    [['history', '--limit', '0'], 'limit'],
    [['stop', 'demo', '--timeout', '301'], 'timeoutSeconds'],
    [['list', '--timeout', 'soon'], 'timeoutSeconds'],
    [['lifecycle', 'daemon', 'logs', '--tail', '0'], 'tail'],
    [['lifecycle', 'daemon', 'explode'], undefined],
  ])('%j exits 2, in words and in JSON', async (args, field) => {
    const words = await runCliHere(home, args);
    expect(words).toMatchObject({ exitCode: 2, stdout: '' });
    expect(words.stderr).toMatch(/error: /);
    const json = await runCliHere(home, [...args, '--json']);
    expect(json).toMatchObject({ exitCode: 2, stderr: '' });
    const { error } = JSON.parse(json.stdout) as { error: Record<string, unknown> };
    expect(error).toMatchObject({ code: 'bad-input', message: expect.any(String) });
    expect(error.field).toBe(field);
  });

  test('a mistyped command or flag is answered with the nearest one', async () => {
    expect((await vigil('lst')).stderr).toMatch(/Did you mean list\?/);
    expect((await runCliHere(home, ['delete', 'demo', '--forec'])).stderr).toMatch(/Did you mean --force\?/);
  });

  test('a bare command prints help on standard error; help itself is data', async () => {
    expect(await vigil()).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('Usage: vigil') });
    expect(await vigil('--help')).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout: expect.stringContaining('Example:'),
    });
    expect(await vigil('--version')).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  test.each([
    ...['create', 'start', 'stop', 'restart', 'delete', 'list', 'show', 'status', 'history'].map((verb) => [[verb]]),
    ...['start', 'stop', 'restart', 'status', 'logs'].map((verb) => [['lifecycle', 'daemon', verb]]),
  ])('help for %j has an example', async (words) => {
    const result = await runCliHere(home, [...words, '--help']);
    expect(result.exitCode).toBe(0);
    expect(result.stdout).toContain('Example:\n  vigil ');
  });
});

describe('without an engine', () => {
  beforeEach(async () => {
    home = path.join(rig.folder, 'empty-home');
  });

  test('--no-autostart refuses, naming the home and the way out', async () => {
    const result = await vigil('list', '--no-autostart', '--json');
    expect(result.exitCode).toBe(1);
    expect(JSON.parse(result.stdout)).toEqual({
      error: {
        code: 'unreachable',
        message: `No engine runs for ${home}.`,
        hint: 'Start one with `vigil lifecycle daemon start`.',
      },
    });
  });

  test('daemon status tells a Daemon that does not run, exit 0; daemon stop is done at once', async () => {
    const expected = { running: false, pid: null, uptimeSeconds: null, monitored: [], home, host: 'headless' };
    for (const verb of ['status', 'stop']) {
      const result = await vigil('lifecycle', 'daemon', verb, '--json');
      expect(result.exitCode).toBe(0);
      expect(JSON.parse(result.stdout)).toMatchObject(expected);
    }
  });

  test('daemon logs shows the end of the file, made harmless, and follows it', async () => {
    expect((await vigil('lifecycle', 'daemon', 'logs')).exitCode).toBe(1);
    const file = path.join(home, 'logs', 'vigil.log');
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, 'one\ntwo\nthr\u001b[2Jee\n');
    expect(await vigil('lifecycle', 'daemon', 'logs', '--tail', '2')).toEqual({
      exitCode: 0,
      stdout: 'two\nthree\n',
      stderr: '',
    });
    const cli = spawnCli(home, ['lifecycle', 'daemon', 'logs', '--tail', '1', '--follow']);
    await eventually('it shows the end', () => cli.stdout() === 'three\n');
    await writeFile(file, 'four\n', { flag: 'a' });
    await eventually('it shows what is added', () => cli.stdout() === 'three\nfour\n');
    cli.process.kill('SIGINT');
    expect((await cli.ended).exitCode).toBe(0);
  });
});
