import { VigilError } from '../../contract/failure.ts';
import type { Processes } from '../../engine/ports/processes.ts';

export interface BrowserRequest {
  readonly processes: Pick<Processes, 'find' | 'spawnDetached'>;
  readonly platform: NodeJS.Platform;
  /** Where the browser's own words go. */
  readonly folder: string;
}

/** What opens a page in the browser that the person chose, on each system; the address comes last. */
const openers: Partial<Record<NodeJS.Platform, readonly (readonly [string, ...string[]])[]>> = {
  linux: [['xdg-open'], ['gio', 'open'], ['x-www-browser']],
  darwin: [['open']],
  win32: [['rundll32.exe', 'url.dll,FileProtocolHandler']],
};

const passed = ['DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'XDG_CURRENT_DESKTOP', 'XDG_SESSION_TYPE', 'XDG_DATA_DIRS'];

/** Opens a page in the person's own browser and leaves it to them. Rejects with `refused` when there is none. */
export async function openBrowser(address: string, { processes, platform, folder }: BrowserRequest): Promise<void> {
  if (!URL.canParse(address) || new URL(address).protocol !== 'https:') {
    throw new VigilError('refused', 'Only a page that begins with https:// is opened.');
  }
  for (const [program, ...args] of openers[platform] ?? []) {
    const file = await processes.find(program);
    if (file === null) continue;
    await processes.spawnDetached(file, [...args, address], {
      logFile: `${folder}/browser.log`,
      folder,
      unit: `vigil-browser-${process.pid}`,
      passed,
    });
    return;
  }
  throw new VigilError('refused', 'No browser was found that could be opened.');
}
