import { existsSync } from 'node:fs';
import path from 'node:path';
import { type NativeImage, nativeImage } from 'electron';
import { fallbackBitmap } from './fallback-bitmap.ts';
import type { TrayIcon } from './tray-view.ts';

/** Theme of the panel the icon lies on. */
export type PanelTheme = 'light' | 'dark';

/**
 * The picture for a state: `tray-STATE-THEME.png` in `folder` with its `@2x` beside it, `tray-STATE-template.png` where the system
 * paints it (macOS). A missing picture is drawn instead: a tray without an icon cannot be clicked.
 */
export function trayImage(folder: string, icon: TrayIcon, theme: PanelTheme, platform: NodeJS.Platform): NativeImage {
  const isTemplate = platform === 'darwin';
  const file = path.join(folder, `tray-${icon}-${isTemplate ? 'template' : theme}.png`);
  const image = existsSync(file) ? nativeImage.createFromPath(file) : nativeImage.createEmpty();
  const shown = image.isEmpty() ? drawn(icon, theme) : image;
  if (isTemplate) shown.setTemplateImage(true);
  return shown;
}

function drawn(icon: TrayIcon, theme: PanelTheme): NativeImage {
  const { width, height, pixels } = fallbackBitmap(icon, theme);
  return nativeImage.createFromBitmap(Buffer.from(pixels), { width, height });
}
