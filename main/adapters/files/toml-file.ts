import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { VigilError } from '../../contract/failure.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Log } from '../../engine/ports/log.ts';
import { readTextFile, type TextReading } from './read-text-file.ts';
import { readTomlText } from './toml-format.ts';
import { watchFolder } from './watch-folder.ts';
import { writeFileDurably } from './write-file-durably.ts';

const limitBytes = 256 * 1024;
export interface TomlFileOptions<T> {
  readonly home: string;
  /** Name of the file in the data home. */
  readonly name: string;
  /** What its content is called in a sentence: `The settings`. */
  readonly content: string;
  readonly schema: z.ZodType<T>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface TomlReading<T> {
  readonly value: T;
  /** A sentence with file, line and the nearest known key; null when the file is good or absent. */
  readonly fault: string | null;
}

export interface TomlFile<T> {
  read(): Promise<TomlReading<T>>;
  /**
   * Writes what `edit` makes of the text, once it was read again and found to say exactly `wanted`. Refused (`refused`)
   * while the file is broken, and when `edit` answers with a null text.
   */
  change(edit: (text: string, present: T) => TomlEdit<T>): Promise<TomlReading<T>>;
  /** Tells each new reading after a person's edit on disk. The result ends it. */
  watch(changed: (reading: TomlReading<T>) => void): () => void;
}

export interface TomlEdit<T> {
  readonly text: string | null;
  readonly wanted: T;
}

/**
 * A TOML file that people edit too. Each good version is kept in `HOME/.last-good/`, so that it is in force again after a
 * restart while the file is broken.
 */
export function createTomlFile<T>(options: TomlFileOptions<T>): TomlFile<T> {
  const { home, log, name, schema } = options;
  const file = path.join(home, name);
  const lastGood = path.join(home, '.last-good', name);
  let known: string | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  /** Readings and changes happen one after another. */
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = queue.then(task);
    queue = result.catch(() => undefined);
    return result;
  };

  const take = async (found: TextReading): Promise<TomlReading<T>> => {
    known = markOf(found);
    if (found.kind === 'missing') {
      await rm(lastGood, { force: true }).catch(() => undefined);
      return { value: schema.parse({}), fault: null };
    }
    if (found.kind === 'unreadable') return { value: await readLastGood(), fault: `${name} ${found.why}.` };
    const reading = readTomlText(found.text, schema);
    if (reading.kind === 'broken') return { value: await readLastGood(), fault: `${name} ${reading.fault}` };
    await keepLastGood(found.text);
    return { value: reading.value, fault: null };
  };
  const readLastGood = async (): Promise<T> => {
    const found = await readTextFile(lastGood, limitBytes);
    const reading = found.kind === 'text' ? readTomlText(found.text, schema) : null;
    return reading?.kind === 'good' ? reading.value : schema.parse({});
  };
  /** The settings are in force in any case; only a restart with a broken file would miss the copy. */
  const keepLastGood = async (text: string): Promise<void> => {
    const kept = await readTextFile(lastGood, limitBytes);
    if (kept.kind === 'text' && kept.text === text) return;
    try {
      await mkdir(path.dirname(lastGood), { recursive: true, mode: 0o700 });
      await writeFileDurably(lastGood, text);
    } catch (error) {
      log.write('warn', 'files', `the good version of ${name} could not be kept aside`, { error });
    }
  };
  const change = async (edit: (text: string, present: T) => TomlEdit<T>): Promise<TomlReading<T>> => {
    const found = await readTextFile(file, limitBytes);
    const present = await take(found);
    if (present.fault !== null) {
      throw new VigilError(
        'refused',
        `${options.content} cannot be changed while the file is broken: ${present.fault}`,
        {
          hint: `Mend ${file} first.`,
        },
      );
    }
    const before = found.kind === 'text' ? found.text : '';
    const text = proven(edit(before, present.value));
    if (text === before) return present;
    await writeFileDurably(file, text);
    return take({ kind: 'text', text });
  };

  const proven = ({ text, wanted }: TomlEdit<T>): string => {
    const reading = text === null || Buffer.byteLength(text) > limitBytes ? null : readTomlText(text, schema);
    if (text !== null && reading?.kind === 'good' && isDeepStrictEqual(reading.value, wanted)) return text;
    throw new VigilError('refused', `${file} is written in a way that Vigil does not dare to change.`, {
      hint: 'Change the value in the file by hand; it takes effect at once.',
    });
  };

  return {
    read: () => inTurn(async () => take(await readTextFile(file, limitBytes))),
    change: (edit) => inTurn(() => change(edit)),
    watch: (changed) => {
      let stopped = false;
      const look = async (): Promise<void> => {
        const found = await readTextFile(file, limitBytes);
        if (markOf(found) === known) return;
        const reading = await take(found);
        if (!stopped) changed(reading);
      };
      const lookInTurn = (): void => {
        inTurn(look).catch((error: unknown) =>
          log.write('error', 'files', `the changed ${name} could not be read`, { error }),
        );
      };
      const end = watchFolder({
        folder: home,
        clock: options.clock,
        log,
        concerns: (changedName) => changedName === name,
        changed: lookInTurn,
      });
      // It may have been changed since it was read.
      lookInTurn();
      return () => {
        stopped = true;
        end();
      };
    },
  };
}

/** What tells one state of the file from another. */
function markOf(found: TextReading): string {
  if (found.kind === 'text') return createHash('sha256').update(found.text).digest('hex');
  return found.kind === 'unreadable' ? found.why : 'missing';
}
