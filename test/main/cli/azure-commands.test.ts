import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, type Mock, vi } from 'vitest';
import type { AzureStatus } from '../../../main/contract/azure.ts';
import { VigilError } from '../../../main/contract/failure.ts';
import type { Operation, OperationKind } from '../../../main/contract/operation.ts';
import { type AnsweringEngine, answeringEngine } from '../../support/answering-engine.ts';
import { runCliHere } from '../../support/cli-here.ts';

const id = '5e2a7c1e-8d5f-4c53-9f4e-0d8c0b1a2f3d';
const dev = {
  id: '11111111-aaaa-4000-8000-000000000001',
  name: 'Dev',
  tenant: 'home',
  state: 'Enabled',
  chosen: true,
  machines: 2,
  readAt: '2026-11-21T12:00:00.000Z',
  trouble: null,
};
const signedIn: AzureStatus = {
  state: 'signed-in',
  reason: null,
  hint: null,
  way: 'browser',
  cloud: 'public',
  account: 'dev@contoso',
  tenant: 'home',
  kept: 'vault',
  clockAheadSeconds: 0,
  subscriptions: [dev],
};
const done = (kind: OperationKind, result: Operation['result'] = {}): Operation => ({
  id,
  machine: 'web',
  machineId: id,
  kind,
  state: 'done',
  progress: 1,
  step: null,
  startedAt: '2026-11-21T12:00:00.000Z',
  endedAt: '2026-11-21T12:00:10.000Z',
  cancellable: false,
  result,
});

let rig: AnsweringEngine;
let status: AzureStatus;
let operation: Operation;

beforeEach(async () => {
  status = signedIn;
  operation = done('deallocate');
  rig = await answeringEngine({
    'azure.status': async () => status,
    'azure.sign-in': async ({ way }) => ({
      id,
      way,
      address: way === 'cli' ? null : 'https://login.example/',
      code: way === 'device-code' ? 'ABC123' : null,
      expiresAt: '2026-11-21T12:10:00.000Z',
    }),
    'azure.sign-in-wait': async () => status,
    'azure.sign-in-cancel': async () => null,
    'azure.sign-out': async () => ({ ...signedIn, state: 'off', account: null, subscriptions: [] }),
    'azure.choose': async () => status,
    'azure.refresh': async () => status,
    'azure.deallocate': async () => operation,
    'azure.redeploy': async () => operation,
    'azure.resize': async () => operation,
    'azure.run-command': async () => operation,
    'azure.boot-log': async () => ({ text: 'Booting\r\n\u001b[31mKernel panic\u001b[0m' }),
    'machine.screenshot': async ({ machine }) => ({
      machine,
      at: '2026-11-21T11:58:00.000Z',
      width: 1,
      height: 1,
      bytes: 7,
      path: null,
      png: 'cGljdHVyZQ==',
    }),
    'operation.wait': async () => operation,
  });
});
afterEach(() => rig.end());

const vigil = (...args: string[]) => runCliHere(rig.home, ['azure', ...args]);
const asked = (
  call: 'azure.sign-in' | 'azure.sign-in-cancel' | 'azure.choose' | 'azure.resize' | 'azure.run-command',
): readonly unknown[] => {
  const handler: unknown = rig.handlers[call];
  return (handler as Mock).mock.calls.map(([input]) => input);
};

it('login shows the page or the code, and how many machines came of it', async () => {
  const browser = await vigil('login');
  expect(browser.stdout).toBe('Signed in to Azure as dev@contoso; 2 machines in the fleet\n');
  expect(browser.stderr).toContain('https://login.example/');
  const device = await vigil('login', '--device-code', '--tenant', 'contoso', '--cloud', 'china');
  expect(device.stderr).toContain('ABC123');
  expect((await vigil('login', '--azure-cli')).stderr).toBe('');
  expect(asked('azure.sign-in')).toEqual([
    { way: 'browser' },
    { way: 'device-code', tenant: 'contoso', cloud: 'china' },
    { way: 'cli' },
  ]);
});

it('login takes one way, and tells why it did not succeed', async () => {
  expect((await vigil('login', '--device-code', '--azure-cli')).exitCode).toBe(2);
  expect((await vigil('login', '--cloud', 'mars')).exitCode).toBe(2);
  vi.mocked(rig.handlers['azure.sign-in-wait']).mockImplementationOnce(async () => {
    throw new VigilError('refused', 'The sign-in was declined.');
  });
  const refused = await vigil('login');
  expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('The sign-in was declined.')]);
});

it('login gives up a sign-in that was begun elsewhere', async () => {
  expect(await vigil('login', '--give-up')).toMatchObject({ exitCode: 0, stdout: 'The sign-in was given up\n' });
  expect(asked('azure.sign-in-cancel')).toEqual([{}]);
  expect(asked('azure.sign-in')).toEqual([]);
});

it('a picture of the screen is saved, with the moment at which Azure took it', async () => {
  const file = path.join(rig.home, 'screen.png');
  const told = await runCliHere(rig.home, ['screenshot', 'Shop/web', file]);
  expect(told).toMatchObject({
    exitCode: 0,
    stdout: `Screen of 'Shop/web', as Azure saw it at 2026-11-21T11:58:00.000Z, saved to ${file}\n`,
  });
  expect(readFileSync(file, 'utf8')).toBe('picture');
  const { stdout } = await runCliHere(rig.home, ['screenshot', 'Shop/web', file, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ at: '2026-11-21T11:58:00.000Z', path: null, file });
});

it('boot-log shows the lines of the console without what would steer the terminal', async () => {
  expect(await vigil('boot-log', 'web')).toMatchObject({ exitCode: 0, stdout: 'Booting\nKernel panic\n' });
});

it('logout says that it is done', async () => {
  expect(await vigil('logout')).toMatchObject({ exitCode: 0, stdout: 'Signed out of Azure\n' });
});

it('status shows the account and what is read, a wrong clock, and ends with 1 while a person is needed', async () => {
  const good = await vigil('status');
  expect(good.exitCode).toBe(0);
  expect(good.stdout).toContain('Signed in in the browser\naccount   dev@contoso\n');
  expect(good.stdout).not.toContain('clock');
  status = {
    ...signedIn,
    state: 'sign-in-needed',
    reason: 'It has ended.',
    hint: 'vigil azure login',
    clockAheadSeconds: -600,
  };
  const needed = await vigil('status');
  expect(needed.exitCode).toBe(1);
  expect(needed.stdout).toContain('clock     600 s behind that of Azure\n');
  expect(needed.stdout).toContain('It has ended.\nhint: vigil azure login\n');
});

it('subscriptions lists them, and chooses by id and by resource group', async () => {
  const listed = await vigil('subscriptions');
  expect(listed.stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['FLEET', 'NAME', 'ID', 'STATE', 'MACHINES', 'READ', 'TROUBLE'],
    ['yes', 'Dev', dev.id, 'Enabled', '2', dev.readAt, '-'],
    [''],
  ]);
  expect(asked('azure.choose')).toEqual([]);
  await vigil('subscriptions', '--choose', dev.id, '--resource-group', 'shop', 'lab');
  await vigil('subscriptions', '--all');
  expect(asked('azure.choose')).toEqual([
    { subscriptions: [dev.id], resourceGroups: ['shop', 'lab'] },
    { subscriptions: [], resourceGroups: [] },
  ]);
  expect((await vigil('subscriptions', '--all', '--choose', dev.id)).exitCode).toBe(2);
});

it('the verbs of Azure wait for their end and say it', async () => {
  expect(await vigil('deallocate', 'web')).toMatchObject({ exitCode: 0, stdout: "Machine 'web' deallocated\n" });
  operation = done('redeploy');
  expect((await vigil('redeploy', 'web')).stdout).toBe("Machine 'web' moved to another host\n");
  operation = done('resize');
  expect((await vigil('resize', 'web', '--size', 'Standard_D2s_v5')).stdout).toBe("Machine 'web' has another size\n");
  expect(asked('azure.resize')).toEqual([{ machine: 'web', size: 'Standard_D2s_v5' }]);
  expect((await vigil('resize', 'web')).exitCode).toBe(2);
});

it('run-command prints what the script printed, made plain, and takes a text or a file', async () => {
  operation = done('run-command', { output: 'up\u001b[31m 3 days\nfine' });
  const text = await vigil('run-command', 'web', '--script', 'uptime');
  expect(text.stdout).toBe("Machine 'web' ran the script\nup 3 days\nfine\n");
  const file = path.join(rig.home, 'look.sh');
  writeFileSync(file, 'df -P\n');
  await vigil('run-command', 'web', '--file', file);
  expect(asked('azure.run-command').map((input) => (input as { script: string }).script)).toEqual([
    'uptime',
    'df -P\n',
  ]);
  expect((await vigil('run-command', 'web')).exitCode).toBe(2);
  expect((await vigil('run-command', 'web', '--file', '/no/such')).exitCode).toBe(2);
});
