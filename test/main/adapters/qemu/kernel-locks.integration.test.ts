import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseLocks, watchLocks } from '../../../../main/adapters/qemu/kernel-locks.ts';
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

it('a child whose exit was handed to us has let go of its image, every time', async () => {
  const inode = String(statSync(disk, { bigint: true }).ino);
  for (let round = 0; round < 15; round += 1) {
    const qemu = await hold(disk);
    expect(parseLocks(readFileSync('/proc/locks', 'utf8'))).toContain(inode);
    const looked = new Promise<ReadonlySet<string>>((resolve) => {
      // In the very turn in which the exit is told: a lock that is let go of a moment later would still be seen.
      qemu.once('exit', () => resolve(parseLocks(readFileSync('/proc/locks', 'utf8'))));
    });
    qemu.kill(round % 2 === 0 ? 'SIGKILL' : 'SIGTERM');
    expect(await looked).not.toContain(inode);
  }
});
