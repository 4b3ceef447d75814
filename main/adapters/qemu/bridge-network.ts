import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DraftFault } from '../../contract/calls.ts';
import type { MachineConfig } from '../../contract/machine.ts';

/** Where this computer keeps what a bridge needs. */
export interface BridgePlaces {
  readonly networkCards: string;
  /** Programs that may put a machine on a bridge; QEMU runs the one it was built with. */
  readonly helpers: readonly string[];
  /** Says who may use which bridge. */
  readonly rules: readonly string[];
  readonly isRoot: boolean;
}

export function bridgePlaces(): BridgePlaces {
  return {
    networkCards: '/sys/class/net',
    helpers: ['/usr/lib/qemu/qemu-bridge-helper', '/usr/libexec/qemu-bridge-helper'],
    rules: ['/etc/qemu/bridge.conf', '/etc/qemu-kvm/bridge.conf'],
    isRoot: process.getuid?.() === 0,
  };
}

/** What stands between a machine and its bridge: said before anything is made, each with the command that mends it. */
export async function examineBridge(config: MachineConfig, places: BridgePlaces): Promise<readonly DraftFault[]> {
  const { network, bridge, forwards } = config;
  if (network !== 'bridge') {
    if (bridge === undefined) return [];
    return [{ field: 'bridge', message: `A bridge is for the network bridge, not ${network ?? 'default'}.` }];
  }
  if (bridge === undefined) return [{ field: 'bridge', message: 'Name the bridge of this computer.' }];
  const faults: DraftFault[] = [];
  if (forwards.length > 0) {
    faults.push({
      field: 'forwards',
      message: 'A machine on a bridge has an address of its own; ports are forwarded on the network default only.',
    });
  }
  if (!(await isThere(join(places.networkCards, bridge, 'bridge')))) {
    const hint = `Make it: sudo ip link add ${bridge} type bridge && sudo ip link set ${bridge} up`;
    return [...faults, { field: 'bridge', message: `This computer has no bridge ${bridge}.`, hint }];
  }
  const helper = await firstThere(places.helpers);
  if (helper === null) {
    const message = `QEMU's bridge helper is not installed (${places.helpers[0]}).`;
    return [
      ...faults,
      { field: 'network', message, hint: 'It comes with QEMU: sudo apt-get install qemu-system-common' },
    ];
  }
  if (!places.isRoot && !(await runsAsRoot(helper))) {
    const message = `${helper} may not touch bridges for this account.`;
    return [...faults, { field: 'network', message, hint: `Allow it: sudo chmod u+s ${helper}` }];
  }
  if (!(await isAllowed(bridge, places.rules))) {
    const [file = ''] = places.rules;
    const hint = `Allow it: sudo mkdir -p ${dirname(file)} && echo "allow ${bridge}" | sudo tee -a ${file}`;
    return [...faults, { field: 'bridge', message: `${file} does not allow the bridge ${bridge}.`, hint }];
  }
  return faults;
}

/** By the rules of the helper itself: the last word on a bridge counts, and none is a no. */
async function isAllowed(bridge: string, files: readonly string[]): Promise<boolean> {
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => null);
    if (text === null) continue;
    const words = text
      .split('\n')
      .map((line) => /^\s*(allow|deny)\s+(\S+)\s*$/.exec(line))
      .filter((rule) => rule?.[2] === bridge || rule?.[2] === 'all');
    if (words.some((rule) => rule?.[1] === 'deny')) return false;
    return words.length > 0;
  }
  return false;
}

async function runsAsRoot(file: string): Promise<boolean> {
  const { mode, uid } = await stat(file);
  return uid === 0 && (mode & constants.S_IXUSR) !== 0 && (mode & 0o4000) !== 0;
}

async function firstThere(files: readonly string[]): Promise<string | null> {
  for (const file of files) if (await isThere(file)) return file;
  return null;
}

async function isThere(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
