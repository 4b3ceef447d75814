import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MachineDetail } from '../../../main/contract/machine.ts';
import type { Operation } from '../../../main/contract/operation.ts';
import { type CliHome, cliHome } from '../../support/cli-home.ts';
import { runCliProcess } from '../../support/cli-process.ts';
import { sampleOperation } from '../../support/sample-machine.ts';
import { freePort } from '../../support/sshd.ts';

describe('the forward command', () => {
  let cli: CliHome;
  const done = sampleOperation({
    kind: 'edit',
    result: { forward: { host: 2223, guest: 22 }, note: '127.0.0.1:2223 leads to its port 22', pending: false },
  });
  beforeEach(async () => {
    const begin = () => sampleOperation({ kind: 'edit', state: 'running' });
    cli = await cliHome({ 'forward.add': begin, 'forward.remove': begin, 'operation.wait': () => done });
  });
  afterEach(() => cli.end());

  test.each([
    ['2223:22', 2223],
    ['auto:22', 0],
    ['0:22', 0],
  ])('hands on %s, and tells which port it became', async (ports, host) => {
    expect(await cli.vigil('forward', 'demo', 'add', ports)).toEqual({
      exitCode: 0,
      stdout: "Machine 'demo' changed: 127.0.0.1:2223 leads to its port 22\n",
      stderr: '',
    });
    expect(cli.inputOf('forward.add')).toEqual({ machine: 'demo', host, guest: 22 });
    expect(JSON.parse((await cli.vigil('forward', 'demo', 'add', ports, '--json')).stdout)).toEqual(done);
  });

  test('takes one back', async () => {
    expect(await cli.vigil('forward', 'demo', 'remove', '2223:22')).toMatchObject({ exitCode: 0 });
    expect(cli.inputOf('forward.remove')).toEqual({ machine: 'demo', host: 2223, guest: 22 });
  });

  test.each([
    [['forward', 'demo', 'add', '2222'], 'host'],
    [['forward', 'demo', 'add', '2222:ssh'], 'host'],
    [['forward', 'demo', 'add', 'web:22'], 'host'],
    [['forward', 'demo', 'add', '65536:22'], 'host'],
    [['forward', 'demo', 'add', '2222:0'], 'guest'],
    [['forward', 'demo', 'remove', 'auto:22'], 'host'],
    [['forward', 'demo', 'move', '2222:22'], 'action'],
  ])('%j is used wrongly', async (args, field) => {
    const { exitCode, stdout } = await cli.vigil(...args, '--json');
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([2, { error: { code: 'bad-input', field } }]);
  });

  test('has help with an example', async () => {
    expect((await cli.vigil('forward', '--help')).stdout).toContain('Example:\n  vigil forward demo add auto:22');
  });
});

/** With nothing in place of anything: an engine of its own and QEMU, whose firmware is guest enough to keep a port. */
describe('a forward of a machine that runs', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'vigil-cli-'));
  });
  afterEach(async () => {
    await vigil('delete', 'demo', '--force');
    await vigil('lifecycle', 'daemon', 'stop');
    await rm(folder, { recursive: true, force: true });
  });
  const vigil = (...args: string[]) => runCliProcess(path.join(folder, 'home'), args);
  const show = async () => JSON.parse((await vigil('show', 'demo', '--json')).stdout) as MachineDetail['machine'];

  test('is there at once and gone at once, is shown, and outlives the engine', { timeout: 180_000 }, async () => {
    await vigil('create', 'demo', '--memory', '64', '--disk', '16', '--start');
    const taken = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve));
    expect(await vigil('forward', 'demo', 'add', `${port}:22`)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`Port ${port} of this computer is taken.`),
    });
    await new Promise((resolve) => taken.close(resolve));

    const added = JSON.parse((await vigil('forward', 'demo', 'add', 'auto:22', '--json')).stdout) as Operation;
    const host = added.result?.forward?.host ?? 0;
    expect(await listens(host)).toBe(true);
    expect((await vigil('show', 'demo')).stdout).toContain(`127.0.0.1:${host} -> 22`);

    await vigil('lifecycle', 'daemon', 'stop');
    expect(await vigil('forward', 'demo', 'add', `${host}:23`)).toMatchObject({ exitCode: 2 });
    expect(await show()).toMatchObject({
      forwards: [{ host, guest: 22 }],
      capabilities: expect.arrayContaining(['forward']),
    });
    await vigil('forward', 'demo', 'remove', `${host}:22`);
    expect(await listens(host)).toBe(false);
    expect((await show()).forwards).toEqual([]);
  });
});

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
