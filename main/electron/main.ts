import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { app, Menu } from 'electron';
import { failureOf } from '../contract/failure.ts';
import { registerAppScheme } from './app-scheme.ts';
import { type AppCommand, readCommandLine } from './command-line.ts';
import { runApp } from './run-app.ts';
import { forbidEverything } from './security.ts';

/** The entry of the desktop app: what must happen before Chromium is ready, then `runApp`. */

const command = commandOrExit();
// Chromium's profile holds nothing for other users, whatever the shell's mask was.
process.umask(0o077);
// Also the place of the single-instance lock: one app per data home, several homes side by side.
const profile = path.join(command.home, 'electron');
mkdirSync(profile, { recursive: true, mode: 0o700 });
app.setPath('userData', profile);
// Chromium refuses to sandbox its processes for root; for anyone else --no-sandbox is overruled. Every page is still
// isolated and without Node, as its window demands.
if (!(process.getuid?.() === 0 && app.commandLine.hasSwitch('no-sandbox'))) app.enableSandbox();
registerAppScheme();
forbidEverything();
// Ours comes later; without this one Electron makes one of its own first.
Menu.setApplicationMenu(null);
if (app.requestSingleInstanceLock()) void runApp(command);
else app.exit(0);

function commandOrExit(): AppCommand {
  try {
    return readCommandLine(process.argv.slice(1), process.env);
  } catch (error) {
    process.stderr.write(`vigil: ${failureOf(error).message}\n`);
    process.exit(2);
  }
}
