import { describe, expect, it } from 'vitest';
import type { StateVersions } from '../../../../main/contract/snapshot.ts';
import type { LoadableVersions } from '../../../../main/engine/ports/machine-snapshots.ts';
import { loadObstacle } from '../../../../main/engine/snapshots/versions-fit.ts';

const saved: StateVersions = {
  qemu: '7.2.22',
  machineType: 'pc-i440fx-7.2',
  accelerator: 'kvm',
  cpuModel: 'host (A)',
  firmware: 'uefi',
};
const here: LoadableVersions = {
  qemu: '7.2.4',
  machineTypes: ['pc', 'pc-i440fx-7.2'],
  accelerators: ['kvm', 'tcg'],
  cpuModels: { kvm: 'host (A)', tcg: 'max' },
  hasUefi: true,
};
const obstacle = (from: Partial<StateVersions>, to: Partial<LoadableVersions> | null = {}) =>
  loadObstacle({ ...saved, ...from }, to === null ? null : { ...here, ...to }, 'do the other thing');

describe('saved memory', () => {
  it('loads where everything is as it was, and after an upgrade that still has its machine type', () => {
    expect(obstacle({})).toBeNull();
    expect(obstacle({}, { qemu: '9.1.0', machineTypes: ['pc-i440fx-9.1', 'pc-i440fx-7.2'] })).toBeNull();
    expect(obstacle({ accelerator: 'tcg', cpuModel: 'max' })).toBeNull();
  });

  it.each([
    ['a machine type that is gone', obstacle({}, { machineTypes: ['pc-i440fx-9.1'] }), 'pc-i440fx-7.2'],
    ['an older QEMU', obstacle({ qemu: '8.0.0' }), 'newer than QEMU 7.2.4'],
    ['no QEMU', obstacle({}, null), 'not installed'],
    ['an accelerator that does not work', obstacle({}, { accelerators: ['tcg'] }), 'under KVM'],
    ['another processor', obstacle({ cpuModel: 'host (B)' }), 'host (B)'],
    ['no firmware', obstacle({}, { hasUefi: false }), 'UEFI'],
  ])('%s is an obstacle, with the way out', (_about, found, reason) => {
    expect(found?.reason).toContain(reason);
    expect(found?.hint).toContain('do the other thing');
  });

  it('under emulation asks nothing of the processor, and a patch of QEMU changes nothing', () => {
    expect(obstacle({ firmware: 'bios' }, { hasUefi: false })).toBeNull();
    expect(obstacle({ qemu: '7.2.99' })).toBeNull();
  });
});
