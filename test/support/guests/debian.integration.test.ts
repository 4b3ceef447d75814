import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { debianBuildMs, debianGuest, debianObstacle, layDebianDisk } from './debian.ts';

const obstacle = await debianObstacle();
const notTested = obstacle === null ? '' : `: NOT TESTED here, ${obstacle}`;

it.runIf(obstacle === null)(
  `the Debian guest is built once, and each machine has a disk of its own${notTested}`,
  { timeout: debianBuildMs },
  async () => {
    const guest = await debianGuest();
    for (const file of [guest.image, guest.kernel, guest.initrd, guest.key.file]) expect(existsSync(file)).toBe(true);
    expect(await debianGuest()).toEqual(guest);
    const folder = mkdtempSync(path.join(tmpdir(), 'vigil-debian-'));
    const disk = path.join(folder, 'disk.qcow2');
    layDebianDisk(guest, disk, 4096);
    const info: unknown = JSON.parse(execFileSync('qemu-img', ['info', '--output=json', disk], { encoding: 'utf8' }));
    rmSync(folder, { recursive: true });
    expect(info).toMatchObject({ 'virtual-size': 4096 * 1024 * 1024, format: 'qcow2' });
    expect(info).not.toHaveProperty('backing-filename');
  },
);
