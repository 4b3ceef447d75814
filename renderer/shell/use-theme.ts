import { useLayoutEffect } from 'react';
import { useSettings } from '../client/use-engine.ts';
import { themeOfFirstPicture } from '../first-picture/first-picture.ts';
import { useMediaQuery } from './use-media-query.ts';

/**
 * Writes the theme in force to the page. The setting decides, until it is known what it was last; for `system` the desktop
 * does.
 */
export function useTheme(): void {
  const setting = useSettings()?.desktop.theme ?? themeOfFirstPicture() ?? 'system';
  const isDark = useMediaQuery('(prefers-color-scheme: dark)');
  const theme = setting === 'system' ? (isDark ? 'dark' : 'light') : setting;
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
}
