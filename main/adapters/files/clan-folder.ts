import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ImportFault } from '../../contract/clan-import.ts';
import { VigilError } from '../../contract/failure.ts';
import { type MachineConfig, MachineName } from '../../contract/machine.ts';
import type { ClanFolder, ClanMachine, ClanReading } from '../../engine/ports/clan-folder.ts';
import { type ClanState, readClanState } from './clan-state.ts';
import { readDefinitionText } from './read-definition-text.ts';
import { readTextFile } from './read-text-file.ts';

/**
 * `~/.clan-vm`: `vm-state.json` with what became of each machine, a YAML file of each machine's configuration, and its disk
 * `NAME.qcow2`. Files are looked for in the folder itself and in those below it, two levels deep.
 */

const stateFile = 'vm-state.json';
const stateBytes = 8 * 1024 * 1024;
const definitionBytes = 64 * 1024;
/** More are not this manager's doing. */
const mostFiles = 2000;
const depth = 2;
/** Calling a file so says nothing of the machine; then its folder is named after it. */
const plainNames = new Set(['config', 'vm', 'machine', 'definition']);

interface Definition {
  readonly name: string;
  readonly file: string;
  readonly config: MachineConfig;
}

export function createClanFolder(): ClanFolder {
  return {
    read: async (folder) => {
      await requireFolder(folder);
      const files = await filesBelow(folder, depth);
      const faults: ImportFault[] = [];
      const states = await readStates(path.join(folder, stateFile), faults);
      const definitions = await readDefinitions(files, faults);
      const names = new Set([...definitions.map(({ name }) => name), ...states.map(({ name }) => name)]);
      const machines: ClanMachine[] = [];
      for (const name of [...names].sort()) {
        const state = states.find((candidate) => candidate.name === name);
        const definition = definitions.find((candidate) => candidate.name === name) ?? inState(state, folder, faults);
        if (definition === null || faults.some((fault) => isAbout(fault, definition.file, name, definitions))) continue;
        const machine = joined(definition, state, folder, files);
        if ('message' in machine) faults.push(machine);
        else machines.push(machine);
      }
      return { machines, faults } satisfies ClanReading;
    },
  };
}

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((cause: unknown) => {
    throw new VigilError('not-found', `There is no folder ${folder}.`, { field: 'folder', cause });
  });
  if (!found.isDirectory()) throw new VigilError('refused', `${folder} is no folder.`, { field: 'folder' });
}

async function readStates(file: string, faults: ImportFault[]): Promise<readonly ClanState[]> {
  const found = await readTextFile(file, stateBytes);
  if (found.kind === 'missing') return [];
  if (found.kind === 'unreadable') {
    faults.push({ file, line: null, field: null, message: `It ${found.why}.` });
    return [];
  }
  const { states, faults: broken } = readClanState(found.text);
  faults.push(...broken.map((fault) => ({ file, ...fault })));
  return states;
}

async function readDefinitions(files: readonly string[], faults: ImportFault[]): Promise<readonly Definition[]> {
  const definitions: Definition[] = [];
  for (const file of files.filter((candidate) => /\.ya?ml$/.test(candidate))) {
    const found = await readTextFile(file, definitionBytes);
    if (found.kind === 'missing') continue;
    if (found.kind === 'unreadable') {
      faults.push({ file, line: null, field: null, message: `It ${found.why}.` });
      continue;
    }
    const reading = readDefinitionText(found.text);
    if (reading.kind === 'broken') {
      faults.push({ file, ...reading.fault });
      continue;
    }
    const name = reading.text.name ?? nameFromPath(file);
    if (!MachineName.safeParse(name).success) {
      faults.push({ file, line: null, field: 'name', message: `"${name}" cannot be the name of a machine here.` });
    } else if (definitions.some((other) => other.name === name)) {
      faults.push({ file, line: null, field: 'name', message: `There is another file of the machine '${name}'.` });
    } else definitions.push({ name, file, config: reading.text.config });
  }
  return definitions;
}

/** A state may carry the configuration itself; one without any has every default. */
function inState(state: ClanState | undefined, folder: string, faults: ImportFault[]): Definition | null {
  if (state === undefined) return null;
  const file = path.join(folder, stateFile);
  // JSON is YAML: one reader, one set of rules.
  const reading = readDefinitionText(JSON.stringify(state.config ?? { cpus: 2 }));
  if (reading.kind === 'broken') {
    faults.push({ file, line: state.line, field: reading.fault.field, message: reading.fault.message });
    return null;
  }
  return { name: state.name, file, config: reading.text.config };
}

function joined(
  { name, file, config }: Definition,
  state: ClanState | undefined,
  folder: string,
  files: readonly string[],
): ClanMachine | ImportFault {
  const image =
    config.diskPath === undefined
      ? files.find((candidate) => path.basename(candidate) === `${name}.qcow2`)
      : path.resolve(folder, config.diskPath);
  if (image === undefined) {
    const message = `The disk of '${name}' was not found: there is no ${name}.qcow2 in ${folder}.`;
    return { file, line: null, field: 'disk_path', message };
  }
  const absolute = (other: string | undefined) => (other === undefined ? undefined : path.resolve(folder, other));
  const { bridge, ...rest } = config;
  return {
    name,
    file,
    config: {
      ...rest,
      diskPath: image,
      ...present('kernel', absolute(config.kernel)),
      ...present('initrd', absolute(config.initrd)),
      // Written down for every machine there, meant for the bridged ones.
      ...(config.network === 'bridge' ? { bridge: bridge ?? 'clan-br0' } : {}),
    },
    createdAt: state?.createdAt ?? null,
    startedAt: state?.startedAt ?? null,
    stoppedAt: state?.stoppedAt ?? null,
    history: state?.history ?? [],
  };
}

function present<K extends 'kernel' | 'initrd'>(key: K, value: string | undefined) {
  return value === undefined ? {} : { [key]: value };
}

/** Files below a folder, links and hidden ones left out, in a steady order. */
async function filesBelow(folder: string, levels: number): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new VigilError('refused', `${folder} cannot be read.`, { field: 'folder', cause });
  });
  const files: string[] = [];
  for (const entry of entries.filter(({ name }) => !name.startsWith('.')).sort(byName)) {
    const place = path.join(folder, entry.name);
    if (entry.isFile()) files.push(place);
    else if (entry.isDirectory() && levels > 0) files.push(...(await filesBelow(place, levels - 1)));
    if (files.length > mostFiles) {
      throw new VigilError('refused', `${folder} holds more than ${mostFiles} files.`, { field: 'folder' });
    }
  }
  return files;
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

function nameFromPath(file: string): string {
  const name = path.basename(file).replace(/\.ya?ml$/, '');
  return plainNames.has(name) ? path.basename(path.dirname(file)) : name;
}

/** A machine whose own file is broken must not come in with defaults because the state knows it too. */
function isAbout(fault: ImportFault, file: string, name: string, definitions: readonly Definition[]): boolean {
  if (definitions.some((definition) => definition.name === name)) return false;
  return fault.file !== file && nameFromPath(fault.file) === name;
}
