import { VigilError } from '../contract/failure.ts';
import { resolveDataHome } from '../transport/client/data-home.ts';

/** What the app was started with. */
export interface AppCommand {
  /** Absolute path of the data home. */
  readonly home: string;
  /** Start in the tray alone: the login item. */
  readonly hidden: boolean;
}

/**
 * Reads the app's own arguments (`--home DIR`, `--hidden`) among those of Chromium, which are left alone.
 * Throws `bad-input` when the folder is missing.
 */
export function readCommandLine(args: readonly string[], environment: NodeJS.ProcessEnv): AppCommand {
  let home: string | undefined;
  let hidden = false;
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? '';
    if (argument === '--hidden') hidden = true;
    else if (argument.startsWith('--home=')) home = folder(argument.slice('--home='.length));
    else if (argument === '--home') {
      index += 1;
      home = folder(args[index]);
    }
  }
  return { home: resolveDataHome(home, environment), hidden };
}

function folder(given: string | undefined): string {
  if (given === undefined || given === '' || given.startsWith('-')) {
    throw new VigilError('bad-input', '--home needs a folder.', { field: 'home' });
  }
  return given;
}
