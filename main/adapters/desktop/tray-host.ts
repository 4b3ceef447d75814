import type { Processes } from '../../engine/ports/processes.ts';

/** Whether the desktop has a place for tray icons; `unknown` where it cannot be told. */
export type TrayHost = 'present' | 'absent' | 'unknown';

export interface TrayHostQuestion {
  readonly processes: Pick<Processes, 'find' | 'run'>;
  readonly platform: NodeJS.Platform;
  /** Address of the session bus; without one there is nobody to ask. */
  readonly busAddress: string | undefined;
}

const watcher = 'org.kde.StatusNotifierWatcher';
const bus = 'org.freedesktop.DBus';
const timeoutMs = 3000;

/** Each asks the bus itself whether the name has an owner, so that nothing is started by asking. */
const askers: readonly { readonly program: string; readonly args: readonly string[] }[] = [
  {
    program: 'dbus-send',
    args: [
      '--session',
      '--print-reply',
      '--reply-timeout=2000',
      `--dest=${bus}`,
      '/',
      `${bus}.NameHasOwner`,
      `string:${watcher}`,
    ],
  },
  {
    program: 'gdbus',
    args: [
      'call',
      '--session',
      '--timeout',
      '2',
      '--dest',
      bus,
      '--object-path',
      '/',
      '--method',
      `${bus}.NameHasOwner`,
      watcher,
    ],
  },
  {
    program: 'busctl',
    args: ['--user', '--timeout=2', 'call', bus, '/', bus, 'NameHasOwner', 's', watcher],
  },
];

/**
 * Asks the session bus who keeps the tray, within a few seconds. Only Linux has desktops without one. Never rejects: what
 * cannot be asked is `unknown`.
 */
export async function findTrayHost({ processes, platform, busAddress }: TrayHostQuestion): Promise<TrayHost> {
  if (platform !== 'linux') return 'present';
  if (busAddress === undefined || busAddress === '') return 'unknown';
  for (const { program, args } of askers) {
    try {
      const file = await processes.find(program);
      if (file === null) continue;
      const { exitCode, stdout } = await processes.run(file, args, { timeoutMs, maxOutputBytes: 4096 });
      const answer = exitCode === 0 ? /\b(true|false)\b/.exec(stdout)?.[1] : undefined;
      if (answer !== undefined) return answer === 'true' ? 'present' : 'absent';
    } catch {
      // The next one may know.
    }
  }
  return 'unknown';
}
