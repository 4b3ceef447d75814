import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { VigilError } from '../../contract/failure.ts';
import { Settings, type SettingsPatch } from '../../contract/settings.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Log } from '../../engine/ports/log.ts';
import type { SettingsFile, SettingsReading } from '../../engine/ports/settings-file.ts';
import { setTomlValue, type TomlValue } from './edit-toml.ts';
import { readTextFile, type TextReading } from './read-text-file.ts';
import { readSettingsText } from './settings-format.ts';
import { watchFolder } from './watch-folder.ts';
import { writeFileDurably } from './write-file-durably.ts';

const limitBytes = 256 * 1024;
const name = 'settings.toml';

export interface SettingsFileOptions {
  readonly home: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * `HOME/settings.toml`. Each good version is kept in `HOME/.last-good/`, so that it is in force again after a restart
 * while the file is broken.
 */
export function createSettingsFile(options: SettingsFileOptions): SettingsFile {
  const { home, log } = options;
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

  const take = async (found: TextReading): Promise<SettingsReading> => {
    known = markOf(found);
    if (found.kind === 'missing') {
      await rm(lastGood, { force: true }).catch(() => undefined);
      return { settings: Settings.parse({}), fault: null };
    }
    if (found.kind === 'unreadable') return { settings: await readLastGood(), fault: `${name} ${found.why}.` };
    const reading = readSettingsText(found.text);
    if (reading.kind === 'broken') return { settings: await readLastGood(), fault: `${name} ${reading.fault}` };
    await keepLastGood(found.text);
    return { settings: reading.settings, fault: null };
  };
  const readLastGood = async (): Promise<Settings> => {
    const found = await readTextFile(lastGood, limitBytes);
    const reading = found.kind === 'text' ? readSettingsText(found.text) : null;
    return reading?.kind === 'good' ? reading.settings : Settings.parse({});
  };
  /** The settings are in force in any case; only a restart with a broken file would miss the copy. */
  const keepLastGood = async (text: string): Promise<void> => {
    const kept = await readTextFile(lastGood, limitBytes);
    if (kept.kind === 'text' && kept.text === text) return;
    try {
      await mkdir(path.dirname(lastGood), { recursive: true, mode: 0o700 });
      await writeFileDurably(lastGood, text);
    } catch (error) {
      log.write('warn', 'files', 'the good settings could not be kept aside', { error });
    }
  };
  const change = async (patch: SettingsPatch): Promise<SettingsReading> => {
    const found = await readTextFile(file, limitBytes);
    const present = await take(found);
    if (present.fault !== null) {
      throw new VigilError('refused', `The settings cannot be changed while the file is broken: ${present.fault}`, {
        hint: `Mend ${file} first.`,
      });
    }
    const before = found.kind === 'text' ? found.text : '';
    const text = edited(before, present.settings, patch, file);
    if (text === before) return present;
    await writeFileDurably(file, text);
    return take({ kind: 'text', text });
  };

  return {
    read: () => inTurn(async () => take(await readTextFile(file, limitBytes))),
    change: (patch) => inTurn(() => change(patch)),
    watch: (changed) => {
      let stopped = false;
      const look = async (): Promise<void> => {
        const found = await readTextFile(file, limitBytes);
        if (markOf(found) === known) return;
        const reading = await take(found);
        if (!stopped) changed(reading);
      };
      const end = watchFolder({
        folder: home,
        clock: options.clock,
        log,
        concerns: (changedName) => changedName === name,
        changed: () => {
          inTurn(look).catch((error: unknown) =>
            log.write('error', 'files', 'the changed settings could not be read', { error }),
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

/** The text with the patch in it, read again and found to say exactly that. */
function edited(before: string, present: Settings, patch: SettingsPatch, file: string): string {
  const wanted: Record<string, Record<string, unknown>> = structuredClone(present);
  let text: string | null = before;
  for (const [table, key, value] of leavesOf(patch)) {
    wanted[table] = { ...wanted[table], [key]: value };
    text = text === null ? null : setTomlValue(text, table, key, value);
  }
  const reading = text === null ? null : readSettingsText(text);
  if (text !== null && reading?.kind === 'good' && isDeepStrictEqual(reading.settings, wanted)) return text;
  throw new VigilError('refused', `${file} is written in a way that Vigil does not dare to change.`, {
    hint: 'Change the value in the file by hand; it takes effect at once.',
  });
}

function leavesOf(patch: SettingsPatch): readonly (readonly [string, string, TomlValue])[] {
  return Object.entries(patch).flatMap(([table, keys]) =>
    Object.entries(keys ?? {}).flatMap(([key, value]) =>
      value === undefined ? [] : [[table, key, value as TomlValue] as const],
    ),
  );
}

/** What tells one state of the file from another. */
function markOf(found: TextReading): string {
  if (found.kind === 'text') return createHash('sha256').update(found.text).digest('hex');
  return found.kind === 'unreadable' ? found.why : 'missing';
}
