import { Settings, type SettingsPatch } from '../../contract/settings.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Log } from '../../engine/ports/log.ts';
import type { SettingsFile, SettingsReading } from '../../engine/ports/settings-file.ts';
import { removeTomlValue, setTomlValue, type TomlValue } from './edit-toml.ts';
import { createTomlFile, type TomlEdit, type TomlReading } from './toml-file.ts';

export interface SettingsFileOptions {
  readonly home: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** `HOME/settings.toml`. */
export function createSettingsFile(options: SettingsFileOptions): SettingsFile {
  const file = createTomlFile({ ...options, name: 'settings.toml', content: 'The settings', schema: Settings });
  const readingOf = ({ value, fault }: TomlReading<Settings>): SettingsReading => ({ settings: value, fault });
  return {
    read: async () => readingOf(await file.read()),
    change: async (patch) => readingOf(await file.change((text, present) => edited(text, present, patch))),
    watch: (changed) => file.watch((reading) => changed(readingOf(reading))),
  };
}

function edited(before: string, present: Settings, patch: SettingsPatch): TomlEdit<Settings> {
  const wanted: Settings & Record<string, Record<string, unknown>> = structuredClone(present);
  let text: string | null = before;
  for (const [table, key, value] of leavesOf(patch)) {
    const kept = wanted[table]?.[key];
    Object.assign(wanted[table] ?? {}, { [key]: value });
    if (text === null) continue;
    text = isTable(value)
      ? withTable(text, [table, key], isTable(kept) ? kept : {}, value)
      : setTomlValue(text, [table], key, value);
  }
  return { text, wanted };
}

type Table = Readonly<Record<string, TomlValue>>;

/** The text with exactly the wanted keys in a table; null as in `setTomlValue`. */
function withTable(before: string, place: readonly string[], kept: Table, wanted: Table): string | null {
  let text: string | null = before;
  for (const key of Object.keys(kept)) {
    if (text !== null && !Object.hasOwn(wanted, key)) text = removeTomlValue(text, place, key);
  }
  for (const [key, value] of Object.entries(wanted)) {
    if (text !== null && kept[key] !== value) text = setTomlValue(text, place, key, value);
  }
  return text;
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function leavesOf(patch: SettingsPatch): readonly (readonly [string, string, TomlValue | Table])[] {
  return Object.entries(patch).flatMap(([table, keys]) =>
    Object.entries(keys ?? {}).flatMap(([key, value]) =>
      value === undefined ? [] : [[table, key, value as TomlValue | Table] as const],
    ),
  );
}
