import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { app } from 'electron';
import { resolveDataHome } from '../transport/client/data-home.ts';
import { autostartFileName } from './autostart-entry.ts';
import { autostartFolder, removeAutostartEntry, writeAutostartEntry } from './autostart-file.ts';

export interface LoginItem {
  /** `insist`: a person has asked for it just now. Throws a `VigilError` when the desktop cannot be told. */
  set(on: boolean, insist: boolean): void;
}

/** The start of this app at login, as this desktop keeps it: an autostart entry on Linux, Electron's own way elsewhere. */
export function createLoginItem(home: string, icons: string): LoginItem {
  const usualHome = resolveDataHome(undefined, {});
  const args = ['--hidden', ...(home === usualHome ? [] : ['--home', home])];
  // A checkout is started as an argument of Electron itself.
  const self = [...switchesToKeep(), ...(app.isPackaged ? [] : [app.getAppPath()])];
  if (process.platform !== 'linux') {
    return { set: (on) => app.setLoginItemSettings({ openAtLogin: on, args: [...self, ...args] }) };
  }
  const folder = autostartFolder(process.env, homedir());
  const file = path.join(folder, autostartFileName(home, usualHome));
  const picture = path.join(icons, 'app.png');
  // An AppImage lies elsewhere at each start; what can be started again is the image.
  const program = process.env.APPIMAGE ?? process.execPath;
  return {
    set: (on, insist) => {
      if (!on) removeAutostartEntry(file, home);
      else {
        const icon = existsSync(picture) ? picture : null;
        writeAutostartEntry(file, { command: [program, ...self, ...args], icon, home }, insist);
      }
    },
  };
}

/** An app that needed these now would not come up without them at login. */
function switchesToKeep(): readonly string[] {
  return ['no-sandbox', 'disable-gpu'].filter((name) => app.commandLine.hasSwitch(name)).map((name) => `--${name}`);
}
