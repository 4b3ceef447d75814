import { type BigIntStats, constants } from 'node:fs';
import { access, lstat, realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import type { DraftFault } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { DiskFormat, MachineConfig } from '../../contract/machine.ts';
import type { ImageFinding, ImageOwner } from '../../engine/ports/machine-disks.ts';
import { type ImageHeader, readImageHeader } from './image-header.ts';

export interface AdoptionInput {
  readonly config: MachineConfig;
  readonly others: readonly ImageOwner[];
  /** `machines/` of the data home, by its real path. */
  readonly machinesFolder: string;
  /** Whether nobody holds the image; not asked while the machine itself runs. */
  lockIsFree(path: string): Promise<boolean>;
}

const sectorBytes = 512;

/** What speaks against the image that a configuration adopts. The tool never sees an image that is refused here. */
export async function examineAdoption(input: AdoptionInput): Promise<readonly DraftFault[]> {
  const { diskFormat, diskPath, preallocation } = input.config;
  if (diskPath === undefined) {
    if (diskFormat === undefined) return [];
    return [
      { field: 'diskFormat', message: 'A disk that Vigil makes is qcow2; a format is for an image given by its path.' },
    ];
  }
  const faults: DraftFault[] = [];
  if (preallocation !== undefined) {
    faults.push({
      field: 'preallocation',
      message: 'Preallocation is for a disk that Vigil makes, not for an image that is there.',
    });
  }
  const fault = await imageFault(diskPath, input);
  return fault === null ? faults : [...faults, { field: 'diskPath', ...fault }];
}

/** What an image is. Throws `bad-input` for one that is not taken. */
export async function identifyImage(path: string, stated: DiskFormat | undefined): Promise<ImageFinding> {
  const header = await readImageHeader(path).catch((cause: unknown) => {
    throw new VigilError('bad-input', `${path} cannot be read.`, { field: 'diskPath', cause });
  });
  const fault = contentFault(path, header, stated);
  if (fault !== null) throw new VigilError('bad-input', fault.message, { field: 'diskPath', hint: fault.hint });
  if (stated === 'raw' || header.kind !== 'qcow2') {
    const { size } = await stat(path);
    return { format: 'raw', sizeMib: Math.ceil(size / 1_048_576) };
  }
  return { format: 'qcow2', sizeMib: Math.ceil(header.virtualBytes / 1_048_576) };
}

type Fault = Pick<DraftFault, 'message' | 'hint' | 'suggestion'>;

async function imageFault(path: string, input: AdoptionInput): Promise<Fault | null> {
  if (!isAbsolute(path)) return { message: `Give the full path of the image, not ${path}.` };
  const found = await lstat(path).catch(() => null);
  if (found === null) return { message: `There is no file ${path}.` };
  const real = await realpath(path).catch(() => null);
  if (found.isSymbolicLink() && real !== null) {
    return {
      message: `${path} is a link, which may lead elsewhere tomorrow; give the image itself.`,
      suggestion: real,
    };
  }
  if (real === null || !found.isFile()) return { message: `${path} is not a regular file.` };
  if (isWithin(real, input.machinesFolder)) {
    return {
      message: `${path} belongs to Vigil's own machines.`,
      hint: 'Clone that machine, or copy the image first.',
    };
  }
  const owner = await ownerOf(path, input.others);
  if (owner !== null) return { message: `${path} is the disk of the machine ${owner}; two machines would destroy it.` };
  const access = await accessFault(path);
  if (access !== null) return { message: access };
  const header = await readImageHeader(path).catch(() => null);
  if (header === null) return { message: `${path} cannot be read.` };
  const content = contentFault(path, header, input.config.diskFormat);
  if (content !== null) return content;
  if (await input.lockIsFree(path)) return null;
  return { message: `${path} is held by another program.`, hint: `Find it with: fuser ${path}` };
}

function contentFault(path: string, header: ImageHeader, stated: DiskFormat | undefined): Fault | null {
  const convert = (format: string) =>
    `Make an image of its own: qemu-img convert -f ${format} -O qcow2 ${path} NEW.qcow2`;
  // A person's word for raw is always safe: the bytes are not read for any meaning then.
  if (stated === 'raw' || header.kind === 'raw') {
    if (stated === 'qcow2') return { message: `${path} is no qcow2 image.` };
    const bytes = header.kind === 'raw' ? header.virtualBytes : null;
    if (bytes === 0) return { message: `${path} is empty.` };
    if (bytes !== null && bytes % sectorBytes !== 0) {
      return { message: `${path} is no disk image: its size is no multiple of ${sectorBytes} bytes.` };
    }
    return null;
  }
  if (header.kind === 'other') {
    return {
      message: `${path} is a ${header.format} image; only qcow2 and raw are taken.`,
      hint: convert(header.format),
    };
  }
  if (header.backing !== null) {
    return {
      message: `${path} is only part of a disk: the rest is in ${printable(header.backing)}.`,
      hint: convert('qcow2'),
    };
  }
  if (header.hasDataFile) return { message: `${path} keeps its content in another file.`, hint: convert('qcow2') };
  if (header.isEncrypted) return { message: `${path} is encrypted, and Vigil has no key for it.` };
  if (header.isCorrupt)
    return { message: `${path} is marked as corrupt.`, hint: `Repair it: qemu-img check -r all ${path}` };
  return null;
}

async function ownerOf(path: string, others: readonly ImageOwner[]): Promise<string | null> {
  const mine = await identityOf(path);
  for (const other of others) {
    const theirs = await identityOf(other.diskPath);
    if (
      other.diskPath === path ||
      (mine !== null && theirs !== null && mine.dev === theirs.dev && mine.ino === theirs.ino)
    ) {
      return other.name;
    }
  }
  return null;
}

/** One file can have several names. */
async function identityOf(path: string): Promise<Pick<BigIntStats, 'dev' | 'ino'> | null> {
  try {
    return await stat(path, { bigint: true });
  } catch {
    return null;
  }
}

async function accessFault(path: string): Promise<string | null> {
  const may = (mode: number) =>
    access(path, mode).then(
      () => true,
      () => false,
    );
  if (!(await may(constants.R_OK))) return `${path} cannot be read by this account.`;
  return (await may(constants.W_OK)) ? null : `${path} cannot be written by this account.`;
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith('../') && !isAbsolute(way);
}

/** What a header says is foreign text. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 200);
}
