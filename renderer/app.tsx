import { useEffect, useState } from 'react';
import { loadPlot } from './charts/load-plot.ts';
import { ActionsProvider } from './components/actions.tsx';
import { ToastProvider } from './components/toasts.tsx';
import { ActivityPage } from './pages/activity/activity-page.tsx';
import { AddHostPage } from './pages/add-host/add-host-page.tsx';
import { AlertsPage } from './pages/alerts/alerts-page.tsx';
import { ComparePage } from './pages/compare/compare-page.tsx';
import { FleetPage } from './pages/fleet/fleet-page.tsx';
import { ForecastsPage } from './pages/forecasts/forecasts-page.tsx';
import { HooksPage } from './pages/hooks/hooks-page.tsx';
import { MachinePage } from './pages/machine/machine-page.tsx';
import { NewMachinePage } from './pages/new-machine/new-machine-page.tsx';
import { SettingsPage } from './pages/settings/settings-page.tsx';
import { type Route, useRoute } from './route.ts';
import { CommandPalette } from './shell/command-palette.tsx';
import { EngineStrip } from './shell/engine-strip.tsx';
import { KeysDialog } from './shell/keys-dialog.tsx';
import { Rail } from './shell/rail.tsx';
import { useShortcut } from './shell/shortcuts.ts';
import { TopBar } from './shell/top-bar.tsx';
import { useTheme } from './shell/use-theme.ts';
import { useWindowKeys } from './shell/window-keys.ts';

export function App() {
  useTheme();
  useEffect(() => {
    const idle = requestIdleCallback(() => void loadPlot(), { timeout: 5000 });
    return () => cancelIdleCallback(idle);
  }, []);
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
      {layer === 'palette' ? <CommandPalette onClose={() => setLayer(null)} /> : null}
      {layer === 'keys' ? <KeysDialog onClose={() => setLayer(null)} /> : null}
    </div>
  );
}

function Page({ route }: { readonly route: Route }) {
  switch (route.page) {
    case 'fleet':
      return <FleetPage />;
    case 'compare':
      return <ComparePage ids={route.ids} />;
    case 'machine':
      return <MachinePage key={route.id} route={route} />;
    case 'new-machine':
      return <NewMachinePage />;
    case 'add-host':
      return <AddHostPage />;
    case 'forecasts':
      return <ForecastsPage />;
    case 'alerts':
      return <AlertsPage route={route} />;
    case 'activity':
      return <ActivityPage />;
    case 'hooks':
      return <HooksPage />;
    case 'settings':
      return <SettingsPage />;
  }
}
