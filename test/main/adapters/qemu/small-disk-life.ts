import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { createProcesses } from '../../../../main/adapters/processes/processes.ts';
import { createQemuMachineProvider } from '../../../../main/adapters/qemu/qemu-machine-provider.ts';
import { failureOf } from '../../../../main/contract/failure.ts';
import { firstDisk, MachineConfig } from '../../../../main/contract/machine.ts';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import type { ProvidedMachine } from '../../../../main/engine/ports/machine-provider.ts';
import { createRealClock } from '../../../support/real-clock.ts';

/** Work on disks where there is hardly room for them; prints what came of it as JSON. Runs alone on a small file system. */
const [home = '', runtimeFolder = ''] = process.argv.slice(2);
const machines = path.join(home, 'machines');
const context = { signal: createStopSource().signal, progress: () => {} };
const provider = createQemuMachineProvider({
  home,
  runtimeFolder,
  clock: createRealClock(),
  log: { write: () => {} },
  processes: createProcesses(),
});

const machineOf = (number: number, config: object = {}): ProvidedMachine => ({
  id: `00000000-0000-4000-8000-00000000000${number}`,
  name: `m${number}`,
  config: MachineConfig.parse({ diskMib: 64, ...config }),
  generation: 1,
  runtime: null,
});
const fileOf = ({ id }: ProvidedMachine) => path.join(machines, id, 'disk.qcow2');
const everything = () => readdirSync(machines, { recursive: true, encoding: 'utf8' }).sort();
const attempt = async (act: () => Promise<unknown>) => {
  const before = everything();
  const failure = await act().then(() => null, failureOf);
  return { failure, left: everything().filter((name) => !before.includes(name)) };
};

const source = machineOf(1);
await provider.create(source, context);
execFileSync('qemu-io', ['-c', 'write -P 7 0 8M', fileOf(source)]);
const full = machineOf(2);
const laidOut = machineOf(3, { preallocation: 'metadata', diskMib: 67_108_864 });
const found = {
  clone: await attempt(() => provider.disks.clone(source, full, false, context)),
  compact: await attempt(() => provider.disks.compact(source, firstDisk, context)),
  create: await attempt(() => provider.create(laidOut, context)),
  linked: await attempt(() => provider.disks.clone(source, machineOf(4), true, context)),
  reads: '',
};
found.reads = execFileSync('qemu-io', ['-c', 'read -P 7 0 8M', fileOf(source)], { encoding: 'utf8' });
process.stdout.write(JSON.stringify(found));
await provider.close();
