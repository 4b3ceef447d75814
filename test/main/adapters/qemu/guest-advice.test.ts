import { expect, it } from 'vitest';
import { growthAdvice, guestFileSystems } from '../../../../main/adapters/qemu/guest-advice.ts';

const entry = (type: string, dev: string, mountpoint: string, serial = 'disk0') => ({
  name: 'x',
  type,
  mountpoint,
  disk: [{ serial, dev, 'bus-type': 'virtio' }],
});

it('names the commands for what is on the disk', () => {
  const systems = guestFileSystems([
    entry('ext4', '/dev/vda1', '/'),
    entry('xfs', '/dev/vdb', '/srv', 'data'),
    entry('btrfs', '/dev/vda2', '/home'),
  ]);
  expect(growthAdvice('disk0', true, systems)).toBe(
    'In the guest: growpart /dev/vda 1 && resize2fs /dev/vda1; growpart /dev/vda 2 && btrfs filesystem resize max /home',
  );
  expect(growthAdvice('data', true, systems)).toBe('In the guest: xfs_growfs /srv');
});

it('speaks in general where nothing is known', () => {
  expect(growthAdvice('disk0', false, [])).toMatch(/at its next start.*growpart/);
  expect(growthAdvice('disk0', true, guestFileSystems([entry('vfat', '/dev/vda1', '/boot')]))).toMatch(
    /sees the new size now/,
  );
});

it.each([
  null,
  'text',
  {},
  [null, 7, { disk: 'x' }, { disk: [null] }, { disk: [{ dev: 7 }] }],
  [entry('ext4', '/dev/vda1; rm -rf /', '/')],
  [entry('xfs', '/dev/vdb', '/srv$(reboot)')],
  [entry('ext4', '/dev/mapper/root', '/')],
  [entry('ext4', '../../etc/passwd', '/')],
])('takes nothing from a guest that says %j', (answer) => {
  expect(guestFileSystems(answer)).toEqual([]);
});
