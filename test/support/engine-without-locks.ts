import path from 'node:path';
import type { ProvidedMachine } from '../../main/engine/ports/machine-provider.ts';
import { runBrokenEngine } from './broken-engine.ts';

/**
 * For controls: image locks are off, and snapshots are taken by the image tool whether the machine runs or not, as is done
 * where nobody looks. Run as a program with --home.
 */
const home = process.argv[process.argv.indexOf('--home') + 1] ?? '';
const unlocked = (text: string) => text.replace('file.driver=file,', 'file.driver=file,file.locking=off,');

await runBrokenEngine(
  ({ snapshots }, processes) => {
    const change = async (option: string, { id }: ProvidedMachine, tag: string): Promise<void> => {
      const image = `driver=qcow2,file.driver=file,file.filename=${path.join(home, 'machines', id, 'disk.qcow2')}`;
      const args = ['snapshot', '-q', '--image-opts', option, tag, '--', unlocked(image)];
      await processes.run('qemu-img', args, { timeoutMs: 30_000 });
    };
    snapshots.save = async (machine, tag) => {
      await change('-c', machine, tag);
      return { memoryBytes: 1 };
    };
    snapshots.saveDisks = (machine, tag) => change('-c', machine, tag);
    snapshots.load = (machine, tag) => change('-a', machine, tag);
    snapshots.loadDisks = (machine, tag) => change('-a', machine, tag);
    snapshots.remove = (machine, tag) => change('-d', machine, tag);
  },
  (processes) => ({
    ...processes,
    spawnDetached: (program, args, options) => processes.spawnDetached(program, args.map(unlocked), options),
  }),
);
