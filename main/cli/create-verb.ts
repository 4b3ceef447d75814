import { open } from 'node:fs/promises';
import path from 'node:path';
import type { CallInput } from '../contract/calls.ts';
import type { Connection } from '../contract/connection.ts';
import { VigilError } from '../contract/failure.ts';
import type { DiskFormat, Firmware, MachineDraftInput, PortForward, Preallocation } from '../contract/machine.ts';
import { absolutePath } from './own-path.ts';
import type { Verb } from './run-verb.ts';

export interface CreateFlags {
  readonly cpus?: number;
  readonly memory?: number;
  readonly disk?: number;
  readonly diskPath?: string;
  readonly diskFormat?: DiskFormat;
  readonly preallocation?: Preallocation;
  readonly network?: string;
  readonly bridge?: string;
  readonly firmware?: Firmware;
  readonly kernel?: string;
  readonly initrd?: string;
  readonly append?: string;
  readonly iso?: string;
  readonly mac?: string;
  readonly forward?: readonly PortForward[];
  readonly qemuArg?: readonly string[];
  readonly fromFile?: string;
  readonly start?: boolean;
}

/** `create` with its flags. File names are meant from where the user stands; the engine stands elsewhere. */
export function createVerb(flags: CreateFlags): Verb {
  return {
    kind: 'create',
    begin: async (connection, name) => {
      const draft = draftOf(name, flags);
      const written = flags.fromFile === undefined ? {} : await writtenConfig(connection, flags.fromFile);
      // The engine checks what is taken for granted here.
      return connection.call('machine.create', { ...written, ...draft } as MachineDraftInput);
    },
  };
}

/** Flags that were not given are left out: their defaults are the engine's. */
export function draftOf(name: string, flags: CreateFlags): CallInput<'machine.rehearse'>['draft'] {
  const draft: Readonly<Record<string, unknown>> = {
    name,
    cpus: flags.cpus,
    memoryMib: flags.memory,
    diskMib: flags.disk,
    diskPath: absolutePath(flags.diskPath),
    diskFormat: flags.diskFormat,
    preallocation: flags.preallocation,
    network: flags.network,
    bridge: flags.bridge,
    firmware: flags.firmware,
    kernel: absolutePath(flags.kernel),
    initrd: absolutePath(flags.initrd),
    append: flags.append,
    iso: absolutePath(flags.iso),
    mac: flags.mac,
    forwards: flags.forward,
    qemuArgs: flags.qemuArg,
    start: flags.start,
  };
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined));
}

const limitBytes = 64 * 1024;
const fileFields = ['kernel', 'initrd', 'iso', 'diskPath'];

/** What a definition says; file names in it are meant from where it lies. Its id and name are another machine's. */
async function writtenConfig(connection: Connection, file: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readText(file);
  try {
    const { config } = await connection.call('definition.read', { text });
    const folder = path.dirname(path.resolve(file));
    return Object.fromEntries(
      Object.entries(config).map(([field, value]) => [
        field,
        fileFields.includes(field) && typeof value === 'string' ? path.resolve(folder, value) : value,
      ]),
    );
  } catch (error) {
    if (!(error instanceof VigilError) || error.code !== 'bad-input') throw error;
    throw new VigilError('bad-input', `${file} ${error.message}`, { field: error.field, hint: error.hint });
  }
}

async function readText(file: string): Promise<string> {
  const refuse = (why: string) => new VigilError('bad-input', `${file} ${why}`, { field: 'fromFile' });
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) throw refuse('cannot be opened.');
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw refuse('is not a file.');
    if (found.size > limitBytes) throw refuse('is larger than 64 KiB.');
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}
