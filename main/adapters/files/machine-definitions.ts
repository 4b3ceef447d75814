import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { VigilError } from '../../contract/failure.ts';
import { MachineId, MachineName } from '../../contract/machine.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Log } from '../../engine/ports/log.ts';
import type {
  DefinitionReading,
  MachineDefinition,
  MachineDefinitions,
} from '../../engine/ports/machine-definitions.ts';
import { type FormatFault, readDefinitionText } from './read-definition-text.ts';
import { readTextFile, readTextFileNow, type TextReading } from './read-text-file.ts';
import { watchFolder } from './watch-folder.ts';
import { writeDefinitionText } from './write-definition-text.ts';
import { syncFolder, writeFileDurably } from './write-file-durably.ts';

const limitBytes = 64 * 1024;
const ending = '.yaml';
/** So long the thread belongs to the files; then whatever else waits for it comes. */
const turnMs = 8;

export interface MachineDefinitionsOptions {
  readonly home: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** `HOME/machines/NAME.yaml`. */
export function createMachineDefinitions(options: MachineDefinitionsOptions): MachineDefinitions {
  const folder = path.join(options.home, 'machines');
  /** What each file last held as far as we know, so that only a person's edit is news. */
  const known = new Map<string, string | null>();
  const pathOf = (name: string): string => path.join(folder, `${name}${ending}`);

  const read = async (name: string): Promise<DefinitionReading | null> => {
    if (!isSafe(name)) return null;
    return take(name, await readTextFile(pathOf(name), limitBytes));
  };
  const take = (name: string, found: TextReading): DefinitionReading | null => {
    const file = pathOf(name);
    if (found.kind === 'missing') {
      known.set(name, null);
      return null;
    }
    known.set(name, found.kind === 'text' ? hashOf(found.text) : found.why);
    if (found.kind === 'unreadable') return broken(file, null, { line: null, field: null, message: `${found.why}.` });
    return judge(file, name, found.text);
  };

  return {
    pathOf,
    read,
    parse: (text) => {
      const reading = readDefinitionText(text);
      if (reading.kind === 'good') return { name: reading.text.name, config: reading.text.config };
      const { field, line, message } = reading.fault;
      const place = line === null ? '' : `line ${line}: `;
      throw new VigilError('bad-input', `${place}${message}`, field === null ? {} : { field });
    },
    readAll: async () => {
      const readings: (DefinitionReading | null)[] = [];
      let turnBegan = options.clock.monotonicNow();
      for (const name of await namesIn(folder)) {
        if (options.clock.monotonicNow() - turnBegan > turnMs) {
          await nextTurn();
          turnBegan = options.clock.monotonicNow();
        }
        const found = isSafe(name) ? readTextFileNow(pathOf(name), limitBytes) : null;
        readings.push(found === null ? await read(name) : take(name, found));
      }
      return readings.filter((reading) => reading !== null);
    },
    write: async (definition) => {
      const { name } = definition;
      if (!isSafe(name))
        throw new VigilError('bad-input', `"${name}" is no name for a machine's file.`, { field: 'name' });
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const present = await readTextFile(pathOf(name), limitBytes);
      const text = writeDefinitionText(definition, present.kind === 'text' ? present.text : null);
      known.set(name, hashOf(text));
      await writeFileDurably(pathOf(name), text);
    },
    rename: async (id, from, to) => {
      if (!isSafe(from) || !isSafe(to)) throw new VigilError('bad-input', 'That is no name for a file.');
      const present = await readTextFile(pathOf(from), limitBytes);
      if (present.kind === 'missing') return;
      const reading = present.kind === 'text' ? judge(pathOf(from), from, present.text) : null;
      if (present.kind !== 'text' || reading?.kind !== 'good' || reading.definition.id !== id) {
        throw new VigilError('refused', `machines/${from}.yaml cannot be read as the definition that it was.`);
      }
      const text = writeDefinitionText({ id, name: to, config: reading.definition.config }, present.text);
      known.set(to, hashOf(text));
      known.set(from, null);
      await writeFileDurably(pathOf(to), text);
      await rm(pathOf(from), { force: true });
      await syncFolder(folder);
    },
    shelve: async (id, name) => {
      if (!isSafe(name)) return;
      const shelf = shelfOf(folder, id);
      if (await isThere(shelf)) return;
      await mkdir(path.dirname(shelf), { recursive: true, mode: 0o700 });
      known.set(name, null);
      await moveFile(pathOf(name), shelf);
    },
    unshelve: async (id, name) => {
      if (!isSafe(name)) return;
      const shelf = shelfOf(folder, id);
      const found = await readTextFile(shelf, limitBytes);
      if (found.kind === 'missing') return;
      if (found.kind === 'text') known.set(name, hashOf(found.text));
      await moveFile(shelf, pathOf(name));
    },
    remove: async (name) => {
      if (!isSafe(name)) return;
      known.set(name, null);
      await rm(pathOf(name), { force: true });
      await syncFolder(folder);
    },
    watch: (changed) => {
      let stopped = false;
      const look = async (name: string): Promise<void> => {
        const before = known.get(name) ?? null;
        const found = await readTextFile(pathOf(name), limitBytes);
        const now = found.kind === 'missing' ? null : found.kind === 'text' ? hashOf(found.text) : found.why;
        // Written by us while we were reading: that is what we know now, and no news.
        if (now === before || now === (known.get(name) ?? null)) return;
        known.set(name, now);
        if (!stopped) changed(name);
      };
      const lookAtAll = async (): Promise<void> => {
        for (const name of new Set([...known.keys(), ...(await namesIn(folder))])) await look(name);
      };
      const end = watchFolder({
        folder,
        clock: options.clock,
        log: options.log,
        concerns: (file) => file.endsWith(ending) && isSafe(file.slice(0, -ending.length)),
        changed: (file) => {
          const looking = file === null ? lookAtAll() : look(file.slice(0, -ending.length));
          looking.catch((error: unknown) =>
            options.log.write('error', 'files', 'a changed machine definition could not be read', { error }),
          );
        },
      });
      return () => {
        stopped = true;
        end();
      };
    },
  };
}

/** Beside the disks of the machine, where no definition is looked for. */
function shelfOf(folder: string, id: string): string {
  return path.join(folder, MachineId.parse(id), 'definition.yaml');
}

async function isThere(file: string): Promise<boolean> {
  return (await readTextFile(file, limitBytes)).kind !== 'missing';
}

/** In one step; right also when there is nothing to move. Durable when it resolves. */
async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw new VigilError('refused', `${from} could not be moved to ${to}.`, { cause: error });
  }
  await syncFolder(path.dirname(to));
  await syncFolder(path.dirname(from));
}

function judge(file: string, name: string, text: string): DefinitionReading {
  const reading = readDefinitionText(text);
  if (reading.kind === 'broken') return broken(file, reading.id, reading.fault);
  const { id, name: inside, config } = reading.text;
  if (!MachineName.safeParse(name).success) {
    const message = 'is not called after a machine: names are made of a-z, 0-9 and -.';
    return broken(file, id, { line: null, field: 'name', message });
  }
  if (id === null) return broken(file, null, { line: null, field: 'id', message: 'lacks the key "id".' });
  if (inside !== null && inside !== name) {
    const message = `name: "${inside}" is not the name of the file; call both the same.`;
    return broken(file, id, { line: lineOfKey(text, 'name'), field: 'name', message });
  }
  const definition: MachineDefinition = { id, name, config };
  return { kind: 'good', definition, path: file };
}

function broken(file: string, id: string | null, fault: FormatFault): DefinitionReading {
  const place = `machines/${path.basename(file)}`;
  const message = fault.line === null ? `${place} ${fault.message}` : `${place} line ${fault.line}: ${fault.message}`;
  return {
    kind: 'broken',
    name: path.basename(file, ending),
    id,
    fault: { path: file, line: fault.line, field: fault.field, message },
  };
}

function lineOfKey(text: string, key: string): number | null {
  const index = text.split('\n').findIndex((line) => line.startsWith(`${key}:`));
  return index < 0 ? null : index + 1;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  return files
    .filter((file) => file.endsWith(ending) && !file.startsWith('.'))
    .map((file) => file.slice(0, -ending.length))
    .sort();
}

/** Stays inside the folder, whatever it is. */
function isSafe(name: string): boolean {
  return name !== '' && !name.startsWith('.') && !/[/\\\0]/.test(name) && name.length <= 128;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
