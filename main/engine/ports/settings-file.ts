import type { Settings, SettingsPatch } from '../../contract/settings.ts';

/**
 * `settings.toml`. A broken file never stops the engine: the last good version stays in force, across restarts too, and
 * the fault is told.
 */
export interface SettingsReading {
  readonly settings: Settings;
  /** A sentence with file, line and the nearest known key; null when the file is good or absent. */
  readonly fault: string | null;
}

export interface SettingsFile {
  read(): Promise<SettingsReading>;
  /** Rewrites the file, keeping a person's comments and order. Refused (`refused`) while the file is broken. */
  change(patch: SettingsPatch): Promise<SettingsReading>;
  /** Tells each new reading after a person's edit on disk. The result ends it. */
  watch(changed: (reading: SettingsReading) => void): () => void;
}
