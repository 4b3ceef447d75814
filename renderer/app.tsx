import { lazy, Suspense, useState } from 'react';
import { ActionsProvider } from './components/actions.tsx';
import { ToastProvider } from './components/toasts.tsx';
import { FleetPage } from './pages/fleet/fleet-page.tsx';
import { loadLaterPage } from './pages/load-later-page.ts';
import { type Route, useRoute } from './route.ts';
import { CommandPalette } from './shell/command-palette.tsx';
import { EngineStrip } from './shell/engine-strip.tsx';
import { KeysDialog } from './shell/keys-dialog.tsx';
import { LiftFirstPicture } from './shell/lift-first-picture.tsx';
import { Rail } from './shell/rail.tsx';
import { useShortcut } from './shell/shortcuts.ts';
import { TopBar } from './shell/top-bar.tsx';
import { useLoadAhead } from './shell/use-load-ahead.ts';
import { useTheme } from './shell/use-theme.ts';
import { useWindowKeys } from './shell/window-keys.ts';

export function App() {
  useTheme();
  useLoadAhead();
  return (
    <ToastProvider>
      <ActionsProvider>
        <Shell />
      </ActionsProvider>
    </ToastProvider>
  );
}

function Shell() {
  const route = useRoute();
  const [layer, setLayer] = useState<'palette' | 'keys' | null>(null);
  useWindowKeys();
  useShortcut('mod+k', () => setLayer('palette'));
  useShortcut('?', () => setLayer('keys'));
  return (
    <div className="app">
      <Rail route={route} />
      <TopBar route={route} onSearch={() => setLayer('palette')} />
      <main className="main" data-region>
        <EngineStrip />
        <Page route={route} />
      </main>
      <LiftFirstPicture />
      {layer === 'palette' ? <CommandPalette onClose={() => setLayer(null)} /> : null}
      {layer === 'keys' ? <KeysDialog onClose={() => setLayer(null)} /> : null}
    </div>
  );
}

const LaterPage = lazy(async () => ({ default: (await loadLaterPage()).LaterPage }));

function Page({ route }: { readonly route: Route }) {
  if (route.page === 'fleet') return <FleetPage />;
  return (
    <Suspense>
      <LaterPage route={route} />
    </Suspense>
  );
}
