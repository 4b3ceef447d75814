import type { Route } from '../route.ts';
import { ActivityPage } from './activity/activity-page.tsx';
import { AddHostPage } from './add-host/add-host-page.tsx';
import { AlertsPage } from './alerts/alerts-page.tsx';
import { ComparePage } from './compare/compare-page.tsx';
import { ForecastsPage } from './forecasts/forecasts-page.tsx';
import { HooksPage } from './hooks/hooks-page.tsx';
import { MachinePage } from './machine/machine-page.tsx';
import { NewMachinePage } from './new-machine/new-machine-page.tsx';
import { SettingsPage } from './settings/settings-page.tsx';

/** Every page but the first one, as a part of its own: a window that opens on the fleet is drawn without it. */
export function LaterPage({ route }: { readonly route: Exclude<Route, { readonly page: 'fleet' }> }) {
  switch (route.page) {
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
