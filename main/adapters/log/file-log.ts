import { appendFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Log, LogLevel } from '../../engine/ports/log.ts';
import { isLogged, logLine } from './log-line.ts';

const defaultLimitBytes = 5 * 1024 * 1024;
const oldKept = 3;
/** While the disk is slow or full lines wait here; beyond it they are counted and dropped. */
const waitingLimitBytes = 4 * 1024 * 1024;

export interface FileLogOptions {
  /** Absolute; its folder is made where there is none. */
  readonly file: string;
  /** Anything below is left out. */
  readonly level: LogLevel;
  /** A file that would grow beyond this is put aside first; 5 MiB when absent. */
  readonly limitBytes?: number;
}

export interface FileLog extends Log {
  /** Resolves when everything said so far is in the file, or could not be written. */
  flush(): Promise<void>;
}

/**
 * One JSON object a line, mode 0600, with three older ones beside it. Lines are written in the
 * background in the order they were said; a disk that refuses costs lines, never an error.
 */
export function createFileLog(options: FileLogOptions): FileLog {
  const { file } = options;
  const folder = path.dirname(file);
  const limitBytes = options.limitBytes ?? defaultLimitBytes;
  let waiting: string[] = [];
  let waitingBytes = 0;
  let dropped = 0;
  let writing: Promise<void> | null = null;

  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = takeBatch();
      try {
        await put(batch);
      } catch {
        dropped += batch.split('\n').length - 1;
      }
    }
  };
  const takeBatch = (): string => {
    const lines = waiting;
    waiting = [];
    waitingBytes = 0;
    if (dropped > 0) lines.push(logLine(Date.now(), 'warn', 'log', `${dropped} lines could not be written`));
    dropped = 0;
    return lines.join('');
  };
  const put = async (text: string): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const size = await stat(file).then(
      (found) => found.size,
      () => 0,
    );
    if (size > 0 && size + Buffer.byteLength(text) > limitBytes) await rotate(file);
    await appendFile(file, text, { mode: 0o600 });
  };

  return {
    write: (level, topic, message, fields) => {
      if (!isLogged(level, options.level)) return;
      if (waitingBytes > waitingLimitBytes) {
        dropped += 1;
        return;
      }
      const line = logLine(Date.now(), level, topic, message, fields);
      waiting.push(line);
      waitingBytes += line.length;
      writing ??= writeAll().finally(() => {
        writing = null;
      });
    },
    flush: async () => {
      while (writing !== null) await writing;
    },
  };
}

/** x.log -> x.log.1 -> ... -> x.log.3 -> gone. */
async function rotate(file: string): Promise<void> {
  await rm(`${file}.${oldKept}`, { force: true });
  for (let index = oldKept - 1; index >= 0; index -= 1) {
    const from = index === 0 ? file : `${file}.${index}`;
    await rename(from, `${file}.${index + 1}`).catch(() => undefined);
  }
}
