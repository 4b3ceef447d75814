import path from 'node:path';
import { parse } from 'smol-toml';
import { z } from 'zod';
import type { ImportFault } from '../../contract/clan-import.ts';
import { VigilError } from '../../contract/failure.ts';
import { HookPaths, WatchPatch } from '../../contract/lifecycle.ts';
import type { AzlinFolder, AzlinReading } from '../../engine/ports/azlin-folder.ts';
import { readTextFile } from './read-text-file.ts';

const limitBytes = 256 * 1024;
const Document = z.object({ vms: z.record(z.string().min(1).max(256), z.record(z.string(), z.unknown())).default({}) });

/** `~/.azlin/lifecycle-config.toml`: `[vms.NAME]` and `[vms.NAME.hooks]`. Its `[daemon]` speaks of another program. */
export function createAzlinFolder(personHome: string): AzlinFolder {
  return {
    read: async (folder) => {
      const file = path.join(folder, 'lifecycle-config.toml');
      const found = await readTextFile(file, limitBytes);
      if (found.kind === 'missing') throw new VigilError('not-found', `There is no ${file}.`, { field: 'folder' });
      if (found.kind === 'unreadable') throw new VigilError('refused', `${file} ${found.why}.`, { field: 'folder' });
      return readAzlinText(file, found.text, personHome);
    },
  };
}

function readAzlinText(file: string, text: string, personHome: string): AzlinReading {
  const faults: ImportFault[] = [];
  const fault = (field: string | null, message: string): void => {
    faults.push({ file, line: null, field, message });
  };
  const machines: AzlinReading['machines'][number][] = [];
  const document = documentOf(text);
  if (document === null) fault(null, 'It is no TOML with tables [vms.NAME].');
  for (const [name, { hooks = {}, ...keys }] of Object.entries(document?.vms ?? {})) {
    const watch = WatchPatch.safeParse(keys);
    const scripts = HookPaths.safeParse(withWholePaths(hooks, personHome));
    for (const { error, table } of [
      { error: watch.error, table: name },
      { error: scripts.error, table: `${name}.hooks` },
    ]) {
      for (const issue of error?.issues ?? []) fault(['vms', table, ...issue.path].join('.'), issue.message);
    }
    if (watch.success && scripts.success) machines.push({ name, watch: watch.data, hooks: scripts.data });
  }
  return { file, machines, faults };
}

function documentOf(text: string): z.infer<typeof Document> | null {
  try {
    return Document.parse(parse(text));
  } catch {
    return null;
  }
}

function withWholePaths(hooks: unknown, personHome: string): unknown {
  if (typeof hooks !== 'object' || hooks === null) return hooks;
  return Object.fromEntries(
    Object.entries(hooks).map(([event, script]) => [
      event,
      typeof script === 'string' && script.startsWith('~/') ? path.join(personHome, script.slice(2)) : script,
    ]),
  );
}
