import type { EventSink } from '../../contract/events.ts';
import type { Settings, SettingsPatch } from '../../contract/settings.ts';
import type { Ledger } from '../journal/ledger.ts';
import type { EngineNotices } from '../notices/engine-notices.ts';
import type { SettingsFile, SettingsReading } from '../ports/settings-file.ts';

/** The settings in force. A broken file is told and changes nothing. */
export interface SettingsKeeper {
  readonly present: Settings;
  change(patch: SettingsPatch): Promise<Settings>;
  /** A person edited the file. */
  take(reading: SettingsReading): void;
}

const noticeId = 'settings';

export function createSettingsKeeper(
  ports: {
    readonly file: SettingsFile;
    readonly ledger: Ledger;
    readonly events: EventSink;
    readonly notices: EngineNotices;
  },
  first: SettingsReading,
): SettingsKeeper {
  let present = first.settings;
  const judge = (reading: SettingsReading): void => {
    if (reading.fault === null) {
      ports.notices.clear(noticeId);
      return;
    }
    ports.notices.raise(noticeId, 'warning', reading.fault, 'The last good settings stay in force.');
    ports.ledger.record([], { action: 'settings.rejected', actor: 'engine', summary: reading.fault });
  };
  judge(first);
  const adopt = (reading: SettingsReading, actor: 'user' | 'engine'): void => {
    judge(reading);
    if (JSON.stringify(reading.settings) === JSON.stringify(present)) return;
    present = reading.settings;
    ports.ledger.record([], { action: 'settings.changed', actor, summary: 'The settings were changed.' });
    ports.events.publish('settings.changed', present);
  };
  return {
    get present() {
      return present;
    },
    change: async (patch) => {
      adopt(await ports.file.change(patch), 'user');
      return present;
    },
    take: (reading) => adopt(reading, 'user'),
  };
}
