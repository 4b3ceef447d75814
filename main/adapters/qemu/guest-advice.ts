import { isObject } from './json-line-socket.ts';

/** A file system of the guest, as its agent tells it; untrusted. */
export interface GuestFileSystem {
  readonly device: string;
  readonly mountpoint: string;
  readonly type: string;
  /** Serial numbers of the disks it lies on. */
  readonly serials: readonly string[];
}

/** A disk of ours or a partition of it. What lies on anything else (LVM, encryption) is grown by its own tools. */
const deviceName = /^(\/dev\/vd[a-z]{1,2})(\d{0,3})$/;
const mountName = /^\/[a-zA-Z0-9/._-]{0,120}$/;

/** What `guest-get-fsinfo` answered. Only plain names are taken: they end up in commands that a person copies. */
export function guestFileSystems(answer: unknown): readonly GuestFileSystem[] {
  if (!Array.isArray(answer)) return [];
  return answer.slice(0, 64).flatMap((entry: unknown) => {
    if (!isObject(entry) || !Array.isArray(entry.disk)) return [];
    const disks: readonly unknown[] = entry.disk.slice(0, 16);
    const [first] = disks;
    const device = isObject(first) ? first.dev : undefined;
    const { mountpoint, type } = entry;
    if (typeof device !== 'string' || typeof mountpoint !== 'string' || typeof type !== 'string') return [];
    if (!deviceName.test(device) || !mountName.test(mountpoint)) return [];
    const serials = disks.flatMap((disk) => (isObject(disk) && typeof disk.serial === 'string' ? [disk.serial] : []));
    return [{ device, mountpoint, type, serials }];
  });
}

/** How a guest takes the new room on a disk: in commands where its agent told what is on it, otherwise in general words. */
export function growthAdvice(disk: string, isRunning: boolean, systems: readonly GuestFileSystem[]): string {
  const found = systems.filter(({ serials }) => serials.includes(disk));
  const commands = found.map(commandsFor).filter((command) => command !== null);
  if (commands.length > 0) return `In the guest: ${commands.join('; ')}`;
  const when = isRunning ? 'The guest sees the new size now' : 'The guest sees the new size at its next start';
  return `${when}; its partition and file system stay as they are until you grow them there: growpart, then resize2fs (ext4), xfs_growfs (XFS) or btrfs filesystem resize max (Btrfs).`;
}

function commandsFor({ device, mountpoint, type }: GuestFileSystem): string | null {
  const [, disk = '', part = ''] = deviceName.exec(device) ?? [];
  const partition = part === '' ? '' : `growpart ${disk} ${part} && `;
  switch (type) {
    case 'ext2':
    case 'ext3':
    case 'ext4':
      return `${partition}resize2fs ${device}`;
    case 'xfs':
      return `${partition}xfs_growfs ${mountpoint}`;
    case 'btrfs':
      return `${partition}btrfs filesystem resize max ${mountpoint}`;
    default:
      return null;
  }
}
