import type { JournalEntry } from '../../contract/journal.ts';
import type { Log } from '../ports/log.ts';
import type { SettingsKeeper } from './settings-keeper.ts';

/**
 * Lets a machine's own interval of readings bear its new name, when an entry says that it was renamed. A file that cannot be
 * changed keeps the old name; the machine is then read as often as the others.
 */
export function followRenames(settings: SettingsKeeper, log: Log): (entry: JournalEntry) => void {
  return ({ action, details: { from, to } }) => {
    if (action !== 'machine.renamed' || typeof from !== 'string' || typeof to !== 'string') return;
    const { [from]: seconds, ...others } = settings.present.collection.machine_interval_seconds;
    if (seconds === undefined) return;
    const machine_interval_seconds = { ...others, [to]: seconds };
    settings.change({ collection: { machine_interval_seconds } }).catch((error: unknown) => {
      log.write('warn', 'settings', `the interval of '${from}' could not be given to '${to}'`, { error });
    });
  };
}
