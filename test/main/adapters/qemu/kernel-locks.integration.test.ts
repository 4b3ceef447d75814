import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { seeLocks, watchLocks } from '../../../../main/adapters/qemu/kernel-locks.ts';
import { eventually } from '../../../support/eventually.ts';

let folder: string;
let disk: string;
const holders: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vigil-locks-'));
  disk = image('disk.qcow2');
});
afterEach(async () => {
  for (const holder of holders.splice(0)) await end(holder);
  rmSync(folder, { recursive: true, force: true });
});

function image(name: string): string {
  const file = path.join(folder, name);
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', file, '16M']);
  return file;
}

/** QEMU with an image as its disk, past its start. */
async function hold(file: string, extra = ''): Promise<ChildProcess> {
  const machine = ['-accel', 'tcg', '-machine', 'none', '-nodefaults', '-display', 'none', '-S'];
  const drive = ['-blockdev', `driver=qcow2,node-name=d,file.driver=file,file.filename=${file}${extra}`];
  const child = spawn('qemu-system-x86_64', [...machine, ...drive, '-qmp', 'stdio'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  holders.push(child);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await eventually('QEMU greets', () => said.includes('QMP'));
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

it("QEMU's lock is seen while it lives, and gone with it", async () => {
  const qemu = await hold(disk);
  const watch = await watchLocks([disk]);
  expect(await watch.areGone()).toBe(false);
  await end(qemu);
  expect(await watch.areGone()).toBe(true);
});

it('cannot tell of an image on which no lock was seen, be it free, gone or held without a lock', async () => {
  expect(await (await watchLocks([disk])).areGone()).toBeNull();
  expect(await (await watchLocks([path.join(folder, 'nothing')])).areGone()).toBeNull();
  await hold(disk, ',file.locking=off');
  expect(await (await watchLocks([disk])).areGone()).toBeNull();
});

it('is not content before every image is let go of', async () => {
  const other = image('other.qcow2');
  const [first, second] = [await hold(disk), await hold(other)];
  const watch = await watchLocks([disk, other]);
  await end(first);
  expect(await watch.areGone()).toBe(false);
  await end(second);
  expect(await watch.areGone()).toBe(true);
});

it('counts the lock of whoever takes the image up right after', async () => {
  const qemu = await hold(disk);
  const watch = await watchLocks([disk]);
  await end(qemu);
  await hold(disk);
  expect(await watch.areGone()).toBe(false);
});

it('believes what was seen of the same files earlier, and of no others', async () => {
  const other = image('other.qcow2');
  const qemu = await hold(disk);
  const seen = await seeLocks([disk, other]);
  expect(seen.size).toBe(1);
  await end(qemu);
  expect(await (await watchLocks([disk], seen)).areGone()).toBe(true);
  expect(await (await watchLocks([disk, other], seen)).areGone()).toBeNull();
});
