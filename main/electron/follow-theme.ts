import { nativeTheme } from 'electron';
import type { Connection } from '../contract/connection.ts';
import type { Settings } from '../contract/settings.ts';

/** Gives windows and native controls the theme of the settings. */
export function followTheme(connection: Connection): void {
  const apply = ({ desktop }: Settings) => {
    if (nativeTheme.themeSource !== desktop.theme) nativeTheme.themeSource = desktop.theme;
  };
  connection.subscribe('settings.changed', apply);
  connection.subscribe('engine.connected', () => {
    // A failure means that the engine left again; the next one is asked anew.
    connection.call('settings.get', {}).then(apply, () => {});
  });
}
