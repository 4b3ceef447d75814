import { Contrast, Search } from 'lucide-react';
import { useClient } from '../client/client-context.tsx';
import { useMachine, useSettings } from '../client/use-engine.ts';
import { Button } from '../components/button.tsx';
import { ForeignText } from '../components/foreign-text.tsx';
import { fleetHref, type Route } from '../route.ts';
import { Inbox } from './inbox.tsx';
import { modifierName } from './modifier-name.ts';

const nextTheme = { system: 'light', light: 'dark', dark: 'system' } as const;
const themeWords = { system: 'as this computer', light: 'light', dark: 'dark' } as const;

export function TopBar({ route, onSearch }: { readonly route: Route; onSearch(): void }) {
  const { connection } = useClient();
  const theme = useSettings()?.desktop.theme ?? 'system';
  return (
    <header className="top" data-region>
      <h1 className="top-title cut">
        <Title route={route} />
      </h1>
      <button type="button" className="search" onClick={onSearch} aria-haspopup="dialog">
        <Search className="icon icon-small" strokeWidth={1.6} aria-hidden="true" />
        <span className="cut">Search or run</span>
        <kbd>{modifierName} K</kbd>
      </button>
      <Inbox />
      <Button
        look="plain"
        icon={Contrast}
        aria-label={`Theme: ${themeWords[theme]}. Change to ${themeWords[nextTheme[theme]]}`}
        title={`Theme: ${themeWords[theme]}`}
        onClick={() => {
          // A setting that could not be kept comes back as it was; the strip above says that the engine is gone.
          connection.call('settings.change', { desktop: { theme: nextTheme[theme] } }).catch(() => {});
        }}
      />
    </header>
  );
}

function Title({ route }: { readonly route: Route }) {
  switch (route.page) {
    case 'fleet':
      return 'Fleet';
    case 'alerts':
      return 'Alerts';
    case 'forecasts':
      return 'Forecasts';
    case 'activity':
      return 'Activity';
    case 'hooks':
      return 'Hooks';
    case 'settings':
      return 'Settings';
    case 'new-machine':
      return (
        <>
          <FleetCrumb />
          New machine
        </>
      );
    case 'add-host':
      return (
        <>
          <FleetCrumb />
          Add an SSH host
        </>
      );
    case 'compare':
      return (
        <>
          <FleetCrumb />
          Compare
        </>
      );
    case 'machine':
      return (
        <>
          <FleetCrumb />
          <MachineCrumb id={route.id} />
        </>
      );
  }
}

function FleetCrumb() {
  return (
    <>
      <a href={fleetHref} className="crumb">
        Fleet
      </a>
      <span className="crumb"> / </span>
    </>
  );
}

function MachineCrumb({ id }: { readonly id: string }) {
  const machine = useMachine(id);
  return machine === null || machine === undefined ? 'Machine' : <ForeignText>{machine.name}</ForeignText>;
}
