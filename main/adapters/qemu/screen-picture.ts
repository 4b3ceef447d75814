import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, open, rename, rm } from 'node:fs/promises';
import { VigilError } from '../../contract/failure.ts';
import type { Picture } from '../../engine/ports/machine-console.ts';
import type { LiveMachine } from './live-machine.ts';

/** Pictures of a machine's screen: QEMU writes them, we look at them before we believe them. */

const dumpMs = 10_000;
const largestBytes = 32 * 1024 * 1024;
/** A larger one is not sent along: a message has 1 MiB at most, and base64 takes a third more. */
const sentBytes = 640 * 1024;
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Signature, length and name of the first chunk, and the two sizes in it. */
const headBytes = 24;

/** Asks QEMU for a picture and puts it in the place of the last one, whole, mode 0600. */
export async function takePicture(live: LiveMachine, file: string): Promise<Picture> {
  requirePng(live.record.qemuVersion);
  const { client } = live;
  if (client === null) throw new VigilError('unreachable', "QEMU's monitor does not answer now.");
  const draft = `${file}.${randomBytes(6).toString('hex')}.new`;
  try {
    await client.execute('screendump', { filename: draft, format: 'png' }, { timeoutMs: dumpMs });
    await chmod(draft, 0o600);
    const picture = await readPicture(draft);
    if (picture === null) throw new VigilError('internal', 'QEMU made a picture that is no PNG file.');
    await rename(draft, file);
    return { ...picture, path: file };
  } finally {
    await rm(draft, { force: true });
  }
}

/** Null when there is none that can be shown. */
export async function readPicture(file: string): Promise<Picture | null> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => null);
  if (handle === null) return null;
  try {
    const { size, mtime } = await handle.stat();
    if (size < headBytes || size > largestBytes) return null;
    const whole = size <= sentBytes;
    const bytes = Buffer.alloc(whole ? size : headBytes);
    await handle.read(bytes, 0, bytes.length, 0);
    const isPng = bytes.subarray(0, 8).equals(signature) && bytes.toString('latin1', 12, 16) === 'IHDR';
    if (!isPng) return null;
    return {
      at: mtime.toISOString(),
      width: bytes.readUInt32BE(16),
      height: bytes.readUInt32BE(20),
      bytes: size,
      path: file,
      png: whole ? bytes.toString('base64') : null,
    };
  } finally {
    await handle.close();
  }
}

/** PNG came with 7.1; an older QEMU would write another format under that name. */
export function requirePng(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 7 || (major === 7 && minor >= 1)) return;
  throw new VigilError('refused', `QEMU ${version} cannot make PNG pictures; 7.1 and later can.`, {
    hint: 'Install a newer QEMU and start the machine again.',
  });
}
