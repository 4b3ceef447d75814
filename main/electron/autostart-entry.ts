import { createHash } from 'node:crypto';
import { VigilError } from '../contract/failure.ts';

/** The desktop entry that starts the app at login, after the Desktop Entry and the Desktop Application Autostart specifications. */
export interface AutostartEntry {
  /** Program and arguments, absolute. */
  readonly command: readonly [program: string, ...args: string[]];
  /** Picture, absolute; null for none. */
  readonly icon: string | null;
  /** The data home the app is started for: the mark by which the file is known as ours. */
  readonly home: string;
}

const homeKey = 'X-Vigil-Home';

/** The whole text of the file. Throws `refused` for a program that no entry can name. */
export function autostartEntry({ command, icon, home }: AutostartEntry): string {
  const [program] = command;
  const lines = [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Vigil',
    'Comment=Keeps watch over virtual machines',
    `Exec=${execValue(command)}`,
    // Without the program there is nothing to start and nothing to complain about.
    `TryExec=${stringValue(program)}`,
    ...(icon === null ? [] : [`Icon=${stringValue(icon)}`]),
    'Terminal=false',
    'StartupNotify=false',
    'NoDisplay=true',
    'X-GNOME-Autostart-enabled=true',
    `${homeKey}=${stringValue(home)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Name of the file: one per data home, so that several can start at login. */
export function autostartFileName(home: string, defaultHome: string): string {
  return home === defaultHome
    ? 'vigil.desktop'
    : `vigil-${createHash('sha256').update(home).digest('hex').slice(0, 8)}.desktop`;
}

/** Whose a file of our name is, and whether it still starts anything. */
export type FoundEntry = 'ours' | 'ours, switched off' | 'foreign';

/**
 * Judges a file that is there already. `switched off`: someone used the desktop's own list of login programs, which
 * hides the entry instead of deleting it; that is a decision to keep.
 */
export function judgeEntry(text: string, home: string): FoundEntry {
  const values = mainGroup(text);
  if (values.get(homeKey) !== stringValue(home)) return 'foreign';
  const off = values.get('Hidden') === 'true' || values.get('X-GNOME-Autostart-enabled') === 'false';
  return off ? 'ours, switched off' : 'ours';
}

function mainGroup(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let group = '';
  for (const line of text.split('\n').map((each) => each.trim())) {
    const heading = /^\[(.*)\]$/.exec(line)?.[1];
    if (heading !== undefined) group = heading;
    const equals = line.indexOf('=');
    if (group !== 'Desktop Entry' || line.startsWith('#') || equals < 1) continue;
    values.set(line.slice(0, equals).trimEnd(), line.slice(equals + 1).trimStart());
  }
  return values;
}

function execValue([program, ...args]: AutostartEntry['command']): string {
  if (program.includes('=')) {
    throw new VigilError('refused', `Vigil cannot be started at login from ${program}: its path holds an "=".`, {
      hint: 'Move the program to a folder without one.',
    });
  }
  // The value is unescaped as a string first, then split and unquoted, then looked through for field codes.
  return stringValue([program, ...args].map((argument) => quoted(argument.replaceAll('%', '%%'))).join(' '));
}

/** Plain arguments stay readable. */
function quoted(argument: string): string {
  if (/^[\w@%+:,./-]+$/.test(argument)) return argument;
  return `"${argument.replace(/["`$\\]/g, '\\$&')}"`;
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function stringValue(text: string): string {
  const escaped = text.replace(/[\\\n\r\t]/g, (character) => escapes[character] ?? character);
  // A space at the beginning would be taken for the one after the equals sign.
  return escaped.replace(/^ /, '\\s');
}
