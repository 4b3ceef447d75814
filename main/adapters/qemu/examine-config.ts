import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { isAbsolute } from 'node:path';
import type { DraftFault } from '../../contract/calls.ts';
import type { MachineConfig } from '../../contract/machine.ts';
import { bridgePlaces, examineBridge } from './bridge-network.ts';
import { argumentFaults } from './check-arguments.ts';
import { findUefi, noUefi, uefiAdvice } from './uefi-firmware.ts';

export interface ExamineInput {
  readonly config: MachineConfig;
  /** Port of this computer -> name of the other machine that has it. */
  readonly taken: ReadonlyMap<number, string>;
  /** Ports that the machine's own running process holds. */
  readonly held: ReadonlySet<number>;
  readonly isRoot: boolean;
}

/** What this computer would refuse in a configuration, field by field. Touches nothing but a port for a moment. */
export async function examineConfig(input: ExamineInput): Promise<readonly DraftFault[]> {
  const { config } = input;
  const faults = await Promise.all([
    examineFile('kernel', config.kernel),
    examineFile('initrd', config.initrd),
    examineFile('iso', config.iso),
    examineForwards(input),
    examineFirmware(config),
    examineBridge(config, bridgePlaces()),
  ]);
  return [...examineBoot(config), ...argumentFaults(config.qemuArgs ?? []), ...faults.flat()];
}

function examineBoot({ append, initrd, kernel }: MachineConfig): readonly DraftFault[] {
  if (kernel !== undefined) return [];
  const faults: DraftFault[] = [];
  if (initrd !== undefined) faults.push({ field: 'initrd', message: 'An initrd needs a kernel.' });
  if (append !== undefined) faults.push({ field: 'append', message: 'Kernel arguments need a kernel.' });
  return faults;
}

async function examineFirmware({ firmware }: MachineConfig): Promise<readonly DraftFault[]> {
  if (firmware !== 'uefi' || (await findUefi()) !== null) return [];
  return [{ field: 'firmware', message: noUefi, hint: uefiAdvice(process.platform), suggestion: 'bios' }];
}

async function examineFile(field: string, path: string | undefined): Promise<readonly DraftFault[]> {
  if (path === undefined) return [];
  const fault = (message: string) => [{ field, message }];
  if (!isAbsolute(path)) return fault(`Give the full path of the file, not ${path}.`);
  try {
    const found = await stat(path);
    if (!found.isFile()) return fault(`${path} is not a regular file.`);
    if (found.size === 0) return fault(`${path} is empty.`);
  } catch {
    return fault(`There is no file ${path}.`);
  }
  try {
    await access(path, constants.R_OK);
    return [];
  } catch {
    return fault(`${path} cannot be read by this account.`);
  }
}

async function examineForwards(input: ExamineInput): Promise<readonly DraftFault[]> {
  const { forwards } = input.config;
  const used = new Set(forwards.map(({ host }) => host));
  const faults = await Promise.all(
    forwards.map(async ({ host }, index) => {
      const message = await portFault(host, forwards.findIndex((other) => other.host === host) < index, input);
      if (message === null) return [];
      const free = await nextFreePort(Math.max(host, 1024), used, input);
      return [{ field: `forwards.${index}.host`, message, ...(free === null ? {} : { suggestion: String(free) }) }];
    }),
  );
  return faults.flat();
}

async function portFault(
  port: number,
  isRepeated: boolean,
  { held, isRoot, taken }: ExamineInput,
): Promise<string | null> {
  if (isRepeated) return `Port ${port} is forwarded twice.`;
  const owner = taken.get(port);
  if (owner !== undefined) return `Port ${port} belongs to the machine ${owner}.`;
  if (held.has(port)) return null;
  if (port < 1024 && !isRoot) return `Port ${port} needs administrator rights; take one from 1024 on.`;
  return (await isPortFree(port)) ? null : `Port ${port} of this computer is taken.`;
}

async function nextFreePort(after: number, used: ReadonlySet<number>, { taken }: ExamineInput): Promise<number | null> {
  for (let port = after + 1; port <= Math.min(after + 100, 65_535); port += 1) {
    if (!used.has(port) && !taken.has(port) && (await isPortFree(port))) return port;
  }
  return null;
}

/** Takes the port for a moment. It may be taken again right after; then QEMU's own refusal names it. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}
