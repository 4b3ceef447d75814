import { VigilError } from '../../contract/failure.ts';
import type { SshWay } from '../../contract/ssh-way.ts';
import type { Processes } from '../../engine/ports/processes.ts';

export interface TerminalRequest {
  readonly processes: Pick<Processes, 'find' | 'spawnDetached'>;
  readonly platform: NodeJS.Platform;
  /** Where the terminal begins, and where its own words go. */
  readonly folder: string;
  /** Tells one opening from another. */
  readonly unit: string;
}

interface TerminalProgram {
  readonly program: string;
  /** Its arguments; null when it cannot take this command as it stands. */
  args(way: SshWay): readonly string[] | null;
}

const dashE = (program: string): TerminalProgram => ({ program, args: ({ command }) => ['-e', ...command] });

/** In the order they are tried. Each gets the command word by word; no shell is in between. */
const terminals: Partial<Record<NodeJS.Platform, readonly TerminalProgram[]>> = {
  linux: [
    // What the person chose, where the system has such a choice.
    dashE('x-terminal-emulator'),
    { program: 'gnome-terminal', args: ({ command }) => ['--', ...command] },
    dashE('konsole'),
    { program: 'xfce4-terminal', args: ({ command }) => ['-x', ...command] },
    { program: 'kitty', args: ({ command }) => [...command] },
    dashE('alacritty'),
    { program: 'foot', args: ({ command }) => [...command] },
    dashE('xterm'),
  ],
  // Terminal takes no command but a script; an address it does take, with the account's own key and host keys.
  darwin: [
    {
      program: 'open',
      args: ({ host, port, user }) => ['-a', 'Terminal', `ssh://${encodeURIComponent(user)}@${host}:${port}`],
    },
  ],
  // A `;` would begin another tab.
  win32: [{ program: 'wt.exe', args: ({ command }) => (command.join('').includes(';') ? null : [...command]) }],
};

/** A terminal needs to know where the screen and the agent are. */
const passed = [
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'XAUTHORITY',
  'XDG_CURRENT_DESKTOP',
  'XDG_SESSION_TYPE',
  'XDG_DATA_DIRS',
  'XDG_CONFIG_HOME',
  'SSH_AUTH_SOCK',
];

/** Opens the person's terminal program with `ssh` in it and leaves it to them. Rejects with `refused` when there is none. */
export async function openTerminal(way: SshWay, request: TerminalRequest): Promise<void> {
  const known = terminals[request.platform] ?? [];
  for (const { program, args } of known) {
    const file = await request.processes.find(program);
    const words = file === null ? null : args(way);
    if (file === null || words === null) continue;
    await request.processes.spawnDetached(file, words, {
      logFile: `${request.folder}/terminal.log`,
      folder: request.folder,
      unit: request.unit,
      passed,
    });
    return;
  }
  throw new VigilError('refused', 'No terminal program was found.', {
    hint: `Install one of ${known.map(({ program }) => program).join(', ')}, or type: vigil ssh ${way.machine}`,
  });
}
