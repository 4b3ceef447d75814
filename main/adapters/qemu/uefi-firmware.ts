import { constants } from 'node:fs';
import { access, chmod, rename, rm } from 'node:fs/promises';
import { VigilError } from '../../contract/failure.ts';
import type { MachineConfig } from '../../contract/machine.ts';
import type { Processes } from '../../engine/ports/processes.ts';
import { imageFailure } from './disk-image.ts';
import { blockNodes } from './machine-images.ts';
import type { MachinePaths } from './qemu-paths.ts';

/** UEFI for a guest: its code, which all machines share, and the variables that each machine begins with. */
export interface UefiFirmware {
  readonly code: string;
  readonly variables: string;
}

/** Where distributions put it, without Secure Boot, which would need more of the machine than it has. The larger one first. */
export const uefiPlaces: readonly UefiFirmware[] = [
  // Debian, Ubuntu
  pair('/usr/share/OVMF', 'OVMF_CODE_4M.fd', 'OVMF_VARS_4M.fd'),
  pair('/usr/share/OVMF', 'OVMF_CODE.fd', 'OVMF_VARS.fd'),
  // Fedora, RHEL
  pair('/usr/share/edk2/ovmf', 'OVMF_CODE.fd', 'OVMF_VARS.fd'),
  // Arch
  pair('/usr/share/edk2/x64', 'OVMF_CODE.4m.fd', 'OVMF_VARS.4m.fd'),
  pair('/usr/share/edk2-ovmf/x64', 'OVMF_CODE.fd', 'OVMF_VARS.fd'),
  // openSUSE
  pair('/usr/share/qemu', 'ovmf-x86_64-4m-code.bin', 'ovmf-x86_64-4m-vars.bin'),
  // What QEMU brings itself, as Homebrew lays it down
  pair('/opt/homebrew/share/qemu', 'edk2-x86_64-code.fd', 'edk2-i386-vars.fd'),
  pair('/usr/local/share/qemu', 'edk2-x86_64-code.fd', 'edk2-i386-vars.fd'),
  pair('/usr/share/qemu', 'edk2-x86_64-code.fd', 'edk2-i386-vars.fd'),
];

/** The first one that is there, both halves readable; null when there is none. */
export async function findUefi(places: readonly UefiFirmware[] = uefiPlaces): Promise<UefiFirmware | null> {
  for (const place of places) {
    if ((await isReadable(place.code)) && (await isReadable(place.variables))) return place;
  }
  return null;
}

/**
 * What a start needs: the path of the code, with the machine's own variables made if it has none yet; null for a machine
 * with a BIOS. Throws `refused` with the package to install.
 */
export async function prepareUefi(
  processes: Processes,
  config: MachineConfig,
  paths: MachinePaths,
): Promise<string | null> {
  const variables = blockNodes(config, paths).find(({ role }) => role === 'firmware');
  if (variables === undefined) return null;
  const firmware = await findUefi();
  if (firmware === null)
    throw new VigilError('refused', noUefi, { field: 'firmware', hint: uefiAdvice(process.platform) });
  if (!(await isReadable(variables.path))) await makeUefiVariables(processes, firmware, variables.path);
  return firmware.code;
}

export const noUefi = 'The UEFI firmware for guests (OVMF) is not installed.';

/** What a person does to get it. */
export function uefiAdvice(platform: string): string {
  return platform === 'darwin'
    ? 'brew install qemu'
    : 'sudo apt-get install ovmf (Fedora: edk2-ovmf, openSUSE: qemu-ovmf-x86_64), or make the machine with --firmware bios.';
}

/** A machine's own variables, as qcow2 so that a snapshot holds them too. Whole or not there at all. */
export async function makeUefiVariables(processes: Processes, firmware: UefiFirmware, path: string): Promise<void> {
  const temporary = `${path}.new`;
  try {
    const args = ['convert', '-q', '-f', 'raw', '-O', 'qcow2', '--', firmware.variables, temporary];
    const made = await processes.run('qemu-img', args, { timeoutMs: 60_000 });
    if (made.exitCode !== 0) throw imageFailure('The variables of the firmware could not be made', path, made.stderr);
    await chmod(temporary, 0o600);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function pair(folder: string, code: string, variables: string): UefiFirmware {
  return { code: `${folder}/${code}`, variables: `${folder}/${variables}` };
}

async function isReadable(path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
