import { securityDoubt } from '../contract/health-words.ts';
import type { Health, Machine, MachineState } from '../contract/machine.ts';
import { isPaidWhileOff } from '../contract/machine-condition.ts';
import { type Cell, type Colour, textTable } from './text-table.ts';

/** `vigil list`. */
export function printMachines(machines: readonly Machine[], hasColour: boolean): string {
  const head = ['SESSION', 'VM NAME', 'STATUS', 'IP', 'REGION', 'SIZE', 'HEALTH'];
  const rows = machines.map((machine): readonly Cell[] => [
    // A machine of this computer belongs to no session.
    { text: machine.azure?.session ?? '-' },
    { text: machine.group === null ? machine.name : `${machine.group}/${machine.name}` },
    isPaidWhileOff(machine)
      ? { text: 'stopped, still billed', colour: 'yellow' }
      : { text: machine.state, colour: stateColour(machine.state) },
    { text: machine.address ?? '-' },
    { text: machine.region ?? '-' },
    { text: sizeOf(machine) },
    { text: healthOf(machine.health), colour: healthColour(machine.health) },
  ]);
  return textTable(head, rows, hasColour);
}

/** `vigil list --deleted`. */
export function printBin(machines: readonly Machine[], hasColour: boolean): string {
  const rows = machines.map((machine): readonly Cell[] => [
    { text: machine.name },
    { text: machine.id },
    { text: machine.deletedAt ?? '-' },
    { text: sizeOf(machine) },
  ]);
  return textTable(['VM NAME', 'ID', 'DELETED', 'SIZE'], rows, hasColour);
}

export function stateColour(state: MachineState): Colour | undefined {
  switch (state) {
    case 'running':
      return 'green';
    case 'failed':
      return 'red';
    case 'paused':
    case 'unknown':
      return 'yellow';
    case 'stopped':
    case 'suspended':
    case 'deallocated':
      return 'grey';
    case 'creating':
    case 'starting':
    case 'stopping':
    case 'deallocating':
      return undefined;
  }
}

/** The provider's own word for a size, else what it is made of. */
export function sizeOf({ size, cpus, memoryMib }: Machine): string {
  if (size !== null) return size;
  if (cpus === null || memoryMib === null) return '-';
  return `${cpus} CPU, ${memoryMib} MiB`;
}

/** A few words for what a probe found; the whole reason stands in `status`. */
function shortReason(health: Health): string | null {
  const doubt = securityDoubt(health);
  if (doubt !== null) return `Security: ${doubt}`;
  return health.status === 'unhealthy' && health.method === 'ssh' ? 'SSH down' : health.reason;
}

export function healthOf(health: Health): string {
  const { status } = health;
  const reason = shortReason(health);
  const because = reason === null || reason === '' ? '' : ` (${reason})`;
  switch (status) {
    case 'healthy':
      return 'Healthy ✓';
    case 'degraded':
      return `Degraded${because} !`;
    case 'unhealthy':
      return `Unhealthy${because} ✗`;
    case 'unknown':
      return `Unknown${because}`;
    case 'not-applicable':
      return 'N/A';
  }
}

export function healthColour({ status }: Health): Colour | undefined {
  if (status === 'healthy') return 'green';
  if (status === 'degraded') return 'yellow';
  return status === 'unhealthy' ? 'red' : undefined;
}
