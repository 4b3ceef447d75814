import type { AzureMachineFacts } from '../contract/azure.ts';
import { type AzureCost, costReach, costText } from '../contract/azure-cost.ts';
import {
  firstDisk,
  type GuestDetail,
  type GuestFileSystem,
  type Machine,
  type MachineDetail,
} from '../contract/machine.ts';
import { isPaidWhileOff } from '../contract/machine-condition.ts';
import type { MachineDisk } from '../contract/machine-disk.ts';
import { plainText } from './plain-text.ts';
import { printDuration } from './print-duration.ts';
import { healthColour, healthOf, stateColour } from './print-machines.ts';
import { type Cell, coloured } from './text-table.ts';

type Line = readonly [label: string, value: string | Cell | null | undefined];

/** `vigil show NAME`: everything there is to know. */
export function printMachine({ machine, ...detail }: MachineDetail, hasColour: boolean): string {
  const { config } = detail;
  const forwards = machine.forwards.map(({ host, guest }) => `127.0.0.1:${host} -> ${guest}`);
  return printLines(
    [
      ...statusLines(machine),
      ['CPUs', machine.cpus?.toString()],
      ['Memory', machine.memoryMib === null ? null : `${machine.memoryMib} MiB`],
      ['Disk', diskLine(machine, detail.diskUsedBytes)],
      ['Forwards', forwards.join(', ')],
      ['Kernel', config?.kernel],
      ['Initrd', config?.initrd],
      ['Append', config?.append],
      ['ISO', config?.iso],
      ['Firmware', config?.firmware],
      ['Network', [config?.network, config?.bridge].filter((word) => word !== undefined).join(' ')],
      ['MAC', detail.mac],
      ['QEMU arguments', config?.qemuArgs?.join(' ')],
      ...(machine.azure === undefined ? [] : azureLines(machine.azure)),
      ['Group', machine.group],
      ['Tags', machine.tags.join(', ')],
      ['Protected', machine.protected ? 'yes' : null],
      ['At the next start', pendingLine(detail)],
      ['Accelerator', withReason(machine.accelerator, detail.acceleratorReason)],
      ...guestLines(detail.guest),
      ['Created', machine.createdAt],
      ['Definition', detail.definitionPath],
      ['Disk image', detail.diskPath],
      ...detail.disks.map(diskFacts),
      ['Console log', detail.consoleLogPath],
      ['Id', machine.id],
    ],
    hasColour,
  );
}

/** `vigil status NAME`: how it is now. */
export function printMachineStatus({ guest, machine }: MachineDetail, hasColour: boolean): string {
  return printLines([...statusLines(machine), ...guestLines(guest)], hasColour);
}

function statusLines(machine: Machine): readonly Line[] {
  return [
    ['Name', machine.name],
    ['Provider', machine.provider],
    ['State', { text: machine.state, colour: stateColour(machine.state) }],
    ['Wanted', machine.wanted],
    ['Health', { text: healthOf(machine.health), colour: healthColour(machine.health) }],
    ['Notice', machine.notice?.text],
    ['Address', machine.address],
    ['Region', machine.region],
    ['Size', machine.size],
    ['PID', machine.pid?.toString()],
    ['Up for', machine.uptimeSeconds === undefined ? null : printDuration(machine.uptimeSeconds)],
    ...(machine.azure === undefined ? [] : costLines(machine, machine.azure)),
  ];
}

/** What a machine of Azure costs now, and how old that is. */
function costLines(machine: Machine, { billed, cost, idle, observedAt, trouble }: AzureMachineFacts): readonly Line[] {
  const compute = billed === null ? 'not known' : billed ? 'billed' : 'not billed';
  return [
    ['Compute', isPaidWhileOff(machine) ? { text: 'billed although it is off', colour: 'yellow' } : compute],
    ['Cost this month', costLine(cost)],
    ['Idle', idle === null ? null : { text: idle, colour: 'yellow' }],
    ['State read', withReason(observedAt ?? undefined, trouble)],
  ];
}

function costLine(cost: AzureCost | null): string {
  return cost === null ? 'not known' : `${costText(cost)} ${costReach} (read ${cost.readAt})`;
}

/** Where it is in Azure, in Azure's own words. */
function azureLines(azure: AzureMachineFacts): readonly Line[] {
  const { subscription, session, os, power, provisioning, resourceId } = azure;
  return [
    ['Subscription', subscription],
    ['Session', session],
    ['System', os],
    ['Power state', power ?? 'not said'],
    ['Last change', provisioning],
    ['Console in Azure', azure.console === null ? null : azure.console ? 'kept' : 'boot diagnostics are off'],
    ['Resource id', resourceId],
  ];
}

/** What the agent in the guest says. */
function guestLines(guest: GuestDetail | null): readonly Line[] {
  if (guest === null) return [];
  if (!guest.present) return [['Guest agent', `no data: ${guest.reason}`]];
  const addresses = guest.addresses.map((known) => `${known.address} (${known.interface})`);
  return [
    ['Guest agent', `answers, asked at ${guest.at}`],
    ['Guest', [guest.hostName, guest.os].filter((word) => word !== null).join(', ')],
    ['Guest addresses', addresses.join(', ')],
    ['Guest disks', guest.fileSystems.map(fileSystemLine).join(', ')],
  ];
}

function fileSystemLine({ mount, totalBytes, type, usedBytes }: GuestFileSystem): string {
  if (totalBytes === null || usedBytes === null) return `${mount} (${type})`;
  const mib = (bytes: number) => Math.round(bytes / 1_048_576);
  const share = Math.round((usedBytes / totalBytes) * 100);
  return `${mount} ${share} % of ${mib(totalBytes)} MiB (${type})`;
}

/** Lines whose value is empty are left out. */
function printLines(lines: readonly Line[], hasColour: boolean): string {
  const known = lines.flatMap(([label, value]) => {
    const cell: Cell = typeof value === 'object' && value !== null ? value : { text: value ?? '' };
    return cell.text === '' ? [] : [{ label, ...cell }];
  });
  const width = Math.max(...known.map(({ label }) => label.length));
  return known
    .map(({ label, text, colour }) => `${`${label}:`.padEnd(width + 2)}${coloured(plainText(text), colour, hasColour)}`)
    .join('\n');
}

function diskLine({ diskMib }: Machine, usedBytes: number | null): string | null {
  if (diskMib === null) return null;
  return usedBytes === null ? `${diskMib} MiB` : `${diskMib} MiB (${Math.ceil(usedBytes / 1_048_576)} MiB used)`;
}

/** One disk: what the guest sees, what it takes here, and what is wrong with it. */
function diskFacts(disk: MachineDisk): Line {
  const size = disk.virtualMib === null ? null : `${disk.virtualMib} MiB`;
  const used = disk.usedBytes === null ? null : `${Math.ceil(disk.usedBytes / 1_048_576)} MiB used`;
  const facts = [
    size,
    used,
    disk.format,
    disk.snapshots === null || disk.snapshots === 0 ? null : `${disk.snapshots} snapshots`,
    disk.bases.length === 0 ? null : `stands on ${disk.bases.length} shared images`,
    disk.adopted ? 'stays when the machine is deleted' : null,
    disk.name === firstDisk ? null : disk.path,
    disk.fault,
  ].filter((fact) => fact !== null);
  return [`Disk ${disk.name}`, facts.join(', ')];
}

function withReason(value: string | undefined, reason: string | null): string | null {
  if (value === undefined) return reason;
  return reason === null ? value : `${value} (${reason})`;
}

/** The fields that wait, each with its value to be. */
function pendingLine({ config, pending }: Pick<MachineDetail, 'config' | 'pending'>): string | null {
  if (pending === undefined) return null;
  const now = new Map<string, unknown>(Object.entries(config ?? {}));
  const fields = new Set([...now.keys(), ...Object.keys(pending)]);
  const next = new Map<string, unknown>(Object.entries(pending));
  return [...fields]
    .filter((field) => JSON.stringify(now.get(field)) !== JSON.stringify(next.get(field)))
    .map((field) => `${field} ${next.has(field) ? JSON.stringify(next.get(field)) : 'taken away'}`)
    .join(', ');
}
