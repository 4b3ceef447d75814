import type { AzlinImport } from '../../contract/azlin-import.ts';
import type { Handlers } from '../../contract/calls.ts';
import { hookEvents } from '../../contract/hook.ts';
import type { WatchKeeper } from '../health/watch-keeper.ts';
import type { Ledger } from '../journal/ledger.ts';
import type { AzlinFolder } from '../ports/azlin-folder.ts';
import type { LifecycleFile } from '../ports/lifecycle-file.ts';

export interface AzlinImportPorts {
  readonly folder: AzlinFolder;
  readonly file: LifecycleFile;
  readonly keeper: Pick<WatchKeeper, 'of' | 'take'>;
  readonly ledger: Ledger;
  machines(): readonly { readonly id: string; readonly name: string }[];
}

/**
 * Takes over how machines are watched. A table that is here already is left as it is, so that a second time changes
 * nothing; one of a machine that is not here waits for it. Scripts wait for approval: nobody looked at them yet.
 */
export function createAzlinImport(ports: AzlinImportPorts): Pick<Handlers, 'import.azlin'> {
  const { keeper, file } = ports;
  return {
    'import.azlin': async ({ folder }, by): Promise<AzlinImport> => {
      const reading = await ports.folder.read(folder);
      const imported: AzlinImport['imported'][number][] = [];
      const skipped: AzlinImport['skipped'][number][] = [];
      for (const { name, watch, hooks } of reading.machines) {
        if (keeper.of(name) !== undefined) {
          skipped.push({ name, reason: 'how it is watched is set here already' });
          continue;
        }
        keeper.take(await file.change(name, watch));
        let scripts = 0;
        for (const event of hookEvents) {
          const path = hooks[event] ?? '';
          if (path === '') continue;
          keeper.take(await file.setHook(name, event, path));
          scripts += 1;
        }
        const machine = ports.machines().find((each) => each.name === name);
        imported.push({ name, isHere: machine !== undefined, hooks: scripts });
        ports.ledger.record([], {
          action: 'watch.changed',
          actor: 'user',
          ...(machine === undefined ? {} : { machine: { id: machine.id, name } }),
          summary: `How '${name}' is watched was taken over from ${reading.file}.`,
          details: { hooks: scripts, user: by.user, face: by.face },
        });
      }
      return { file: reading.file, imported, skipped, faults: reading.faults };
    },
  };
}
