import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Makes a linked clone and is killed with signal 9 right before the given change of the file system, counted from 0.
 * Arguments: data home, runtime folder, step, source and clone as JSON. Ends with 0 when there are fewer steps than that.
 */
const [home = '', runtimeFolder = '', step = '', source = '', clone = ''] = process.argv.slice(2);
let left = Number(step);

for (const name of ['link', 'rename', 'rm', 'chmod', 'mkdir'] as const) {
  const real = fs[name] as (...args: unknown[]) => unknown;
  Object.assign(fs, {
    [name]: (...args: unknown[]) => {
      if (left === 0) process.kill(process.pid, 'SIGKILL');
      left -= 1;
      return real(...args);
    },
  });
}
syncBuiltinESMExports();

const { createProcesses } = await import('../../../../main/adapters/processes/processes.ts');
const { createQemuMachineProvider } = await import('../../../../main/adapters/qemu/qemu-machine-provider.ts');
const { createStopSource } = await import('../../../../main/contract/stop-signal.ts');
const { createRealClock } = await import('../../../support/real-clock.ts');

const provider = createQemuMachineProvider({
  home,
  runtimeFolder,
  clock: createRealClock(),
  log: { write: () => {} },
  processes: createProcesses(),
});
await provider.disks.clone(JSON.parse(source), JSON.parse(clone), true, {
  signal: createStopSource().signal,
  progress: () => {},
});
await provider.close();
