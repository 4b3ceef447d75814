import { type FileHandle, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { VigilError } from '../contract/failure.ts';
import type { CliContext } from './cli-context.ts';
import { plainJson, plainText } from './plain-text.ts';

/** The end of a log is looked for in this much of the file. */
const windowBytes = 2 * 1_048_576;
const pollMs = 200;

/** `lifecycle daemon logs`. Reads the file itself: it is wanted most when no engine answers. */
export async function runDaemonLogs(
  flags: { readonly tail?: number; readonly follow?: boolean },
  context: CliContext,
): Promise<number> {
  const { tail = 50, follow = false } = flags;
  if (tail < 1 || tail > 10_000) throw new VigilError('bad-input', 'From 1 to 10000 lines.', { field: 'tail' });
  if (follow && context.json) {
    throw new VigilError('bad-input', 'A log that is followed never becomes one document.', { field: 'follow' });
  }
  const file = await logFileOf(context.home);
  const { lines, end } = await readTail(file, tail);
  if (context.json) {
    context.terminal.out(plainJson({ path: file, lines }));
    return 0;
  }
  for (const line of lines) context.terminal.out(plainText(line));
  if (follow) await followFile(file, end, context);
  return 0;
}

/** The engine says where it writes; before its first start nobody has. */
async function logFileOf(home: string): Promise<string> {
  const said = await readFile(path.join(home, 'logs', 'log-file'), 'utf8').catch(() => '');
  return said.trim() === '' ? path.join(home, 'logs', 'vigil.log') : said.trim();
}

/** The last `count` lines, and where the file ended. Throws `not-found` when there is no log. */
export async function readTail(
  file: string,
  count: number,
): Promise<{ readonly lines: string[]; readonly end: number }> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw new VigilError('refused', `${file} cannot be read: ${error.message}`);
    throw new VigilError('not-found', `There is no log yet at ${file}.`);
  });
  try {
    const { size } = await handle.stat();
    const text = await readPart(handle, Math.max(0, size - windowBytes), size);
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    return { lines: lines.slice(-count), end: size };
  } finally {
    await handle.close();
  }
}

/** A file that shrank or was replaced has been rotated: it is read from its start. */
async function followFile(file: string, from: number, context: CliContext): Promise<void> {
  const stop = new AbortController();
  const undo = context.onInterrupt(() => stop.abort());
  let at = from;
  let inode: number | undefined;
  let unfinished = '';
  try {
    while (!stop.signal.aborted) {
      const handle = await open(file, 'r').catch(() => null);
      if (handle !== null) {
        try {
          const found = await handle.stat();
          if ((inode !== undefined && found.ino !== inode) || found.size < at) at = 0;
          inode = found.ino;
          const text = unfinished + (await readPart(handle, at, Math.min(found.size, at + windowBytes)));
          at = Math.min(found.size, at + windowBytes);
          const lines = text.split('\n');
          unfinished = lines.pop() ?? '';
          for (const line of lines) context.terminal.out(plainText(line));
        } finally {
          await handle.close();
        }
      }
      await sleep(pollMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  } finally {
    undo();
  }
}

async function readPart(handle: FileHandle, from: number, to: number): Promise<string> {
  const buffer = Buffer.alloc(Math.max(0, to - from));
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
  return buffer.toString('utf8', 0, bytesRead);
}
