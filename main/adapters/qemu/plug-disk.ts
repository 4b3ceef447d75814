import type { MachineImage } from './machine-images.ts';

/** A disk as the monitor takes it; the command line says the same in its own words. */

/** The first of the places on the PCI bus that are kept for data disks: a disk sits at the same one however it came. */
const firstDataSlot = 0x10;

export function diskBlockdev(image: MachineImage): Readonly<Record<string, unknown>> {
  return {
    driver: image.format,
    'node-name': image.node,
    discard: 'unmap',
    file: { driver: 'file', filename: image.path },
  };
}

/** `place` counts the data disks from 0. The guest finds the disk by its serial number: /dev/disk/by-id/virtio-NAME. */
export function diskDevice(image: MachineImage, place: number): Readonly<Record<string, string>> {
  const device = { driver: 'virtio-blk-pci', id: image.node, drive: image.node, serial: image.name };
  // The first disk comes first: it is empty until something is installed on it, and then it is what should boot.
  if (image.role === 'first') return { ...device, bootindex: '1' };
  return { ...device, addr: `0x${(firstDataSlot + place).toString(16)}` };
}
