import { dirname } from 'node:path';
import type { ListedProcess } from '../../engine/ports/processes.ts';
import { isOwnPidFile, type RuntimePaths, runtimePaths } from './qemu-paths.ts';

/** A process that claims, by its command line, to be a machine of this data home. A claim is no proof. */
export interface MachineProcess {
  readonly process: ListedProcess;
  readonly id: string;
  readonly name: string;
  readonly paths: RuntimePaths;
  readonly accelerator: string;
  readonly machineType: string;
  readonly hostPorts: readonly number[];
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Picks the machines of the data home with this mark out of a process list. */
export function machineProcesses(processes: readonly ListedProcess[], mark: string): readonly MachineProcess[] {
  return processes.map((process) => claimOf(process, mark)).filter((claim) => claim !== null);
}

function claimOf(process: ListedProcess, mark: string): MachineProcess | null {
  const { argv } = process;
  const id = after(argv, '-uuid');
  const pidFile = after(argv, '-pidfile');
  if (id === undefined || !uuid.test(id) || pidFile === undefined || !isOwnPidFile(pidFile, mark, id)) return null;
  return {
    process,
    id,
    name: (after(argv, '-name') ?? '').replace(/^vigil-/, ''),
    paths: runtimePaths(dirname(dirname(pidFile)), id),
    accelerator: after(argv, '-accel') ?? 'unknown',
    machineType: (after(argv, '-machine') ?? 'unknown').split(',')[0] ?? 'unknown',
    hostPorts: [...(after(argv, '-netdev') ?? '').matchAll(/hostfwd=tcp:127\.0\.0\.1:(\d+)-/g)].map((match) =>
      Number(match[1]),
    ),
  };
}

function after(argv: readonly string[], option: string): string | undefined {
  const index = argv.indexOf(option);
  return index < 0 ? undefined : argv[index + 1];
}
