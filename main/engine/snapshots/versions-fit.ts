import type { StateVersions } from '../../contract/snapshot.ts';
import type { LoadableVersions } from '../ports/machine-snapshots.ts';

/** Why saved memory cannot be loaded on this computer, and the way out. */
export interface LoadObstacle {
  readonly reason: string;
  readonly hint: string;
}

/**
 * Judged before anything is touched: memory loads only into the hardware it was saved on. A newer QEMU reads what an older
 * one wrote as long as it still has the versioned machine type; the other way round nobody promises anything. Null: it loads.
 */
export function loadObstacle(saved: StateVersions, here: LoadableVersions | null, wayOut: string): LoadObstacle | null {
  if (here === null) {
    return { reason: 'QEMU is not installed.', hint: `Install QEMU ${saved.qemu} or newer, or ${wayOut}.` };
  }
  if (!here.machineTypes.includes(saved.machineType)) {
    return {
      reason: `Its memory was saved on the machine type ${saved.machineType} (QEMU ${saved.qemu}), which QEMU ${here.qemu} here does not have.`,
      hint: `Install a QEMU that has it, or ${wayOut}.`,
    };
  }
  if (isNewer(saved.qemu, here.qemu)) {
    return {
      reason: `Its memory was saved by QEMU ${saved.qemu}, which is newer than QEMU ${here.qemu} here.`,
      hint: `Install QEMU ${saved.qemu} or newer, or ${wayOut}.`,
    };
  }
  if (!here.accelerators.includes(saved.accelerator)) {
    return {
      reason: `Its memory was saved under ${saved.accelerator.toUpperCase()}, which does not work on this computer.`,
      hint: `Make ${saved.accelerator.toUpperCase()} work here, or ${wayOut}.`,
    };
  }
  const model = here.cpuModels[saved.accelerator];
  if (model !== undefined && model !== saved.cpuModel) {
    return {
      reason: `Its memory was saved on the processor ${saved.cpuModel}; here it would have ${model}.`,
      hint: `Take it to a computer with that processor, or ${wayOut}.`,
    };
  }
  if (saved.firmware === 'uefi' && !here.hasUefi) {
    return { reason: 'It boots with UEFI, whose firmware is not installed here.', hint: `Install OVMF, or ${wayOut}.` };
  }
  return null;
}

export function sentenceOf({ hint, reason }: LoadObstacle): string {
  return `${reason} ${hint}`;
}

/** By major and minor: patches change no saved state. */
function isNewer(a: string, b: string): boolean {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA > majorB || (majorA === majorB && minorA > minorB);
}
