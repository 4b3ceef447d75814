import { VigilError } from '../../contract/failure.ts';
import type { MachineConsole } from '../../engine/ports/machine-console.ts';
import type { ProvidedMachine } from '../../engine/ports/machine-provider.ts';
import type { Processes } from '../../engine/ports/processes.ts';
import { type MakeHole, trimConsoleLog } from './console-log.ts';
import { followLog } from './follow-log.ts';
import type { LiveMachine } from './live-machine.ts';
import type { QemuContext } from './qemu-context.ts';
import { readPicture, takePicture } from './screen-picture.ts';
import { searchLog } from './search-log.ts';
import { typeInto } from './serial-pipe.ts';

export function createQemuMachineConsole(qemu: QemuContext): MachineConsole {
  const makeHole = holeMaker(qemu.processes);

  const requireLive = (machine: ProvidedMachine): LiveMachine => {
    const live = qemu.knownLive(machine.id);
    if (live === null) {
      throw new VigilError('conflict', `'${machine.name}' does not run.`, { hint: 'Start it first.' });
    }
    return live;
  };

  return {
    follow: async (machine, ask, signal) =>
      followLog({
        ...ask,
        path: (await qemu.pathsOf(machine.id)).console,
        clock: qemu.clock,
        signal,
        isRunning: () => qemu.knownLive(machine.id) !== null,
      }),
    write: async (machine, base64) => {
      await typeInto(requireLive(machine).record.paths.serial, Buffer.from(base64, 'base64'));
    },
    search: async (machine, { from, ...query }) =>
      searchLog(
        (await qemu.pathsOf(machine.id)).console,
        query,
        from === 'run' ? requireLive(machine).record.consoleFrom : from,
      ),
    trim: async (machine) => trimConsoleLog((await qemu.pathsOf(machine.id)).console, makeHole),
    takePicture: async (machine) => takePicture(requireLive(machine), (await qemu.pathsOf(machine.id)).picture),
    keptPicture: async (machine) => {
      const picture = await readPicture((await qemu.pathsOf(machine.id)).picture);
      if (picture === null) throw new VigilError('not-found', `No picture of '${machine.name}' has been taken yet.`);
      return picture;
    },
  };
}

/** Linux alone has a program for it. */
export function holeMaker(processes: Pick<Processes, 'run'>): MakeHole {
  return async (path, length) => {
    const args = ['--punch-hole', '--offset', '0', '--length', String(length), '--', path];
    const { exitCode, stderr } = await processes.run('fallocate', args, { timeoutMs: 10_000 });
    if (exitCode !== 0) throw new VigilError('refused', `No hole could be made in ${path}: ${stderr.trim()}`);
  };
}
