import { useSyncExternalStore } from 'react';

/** Where the window stands, as the part of its address after `#`. */

export const machineTabs = [
  'overview',
  'timeline',
  'console',
  'snapshots',
  'health',
  'forecast',
  'configuration',
] as const;
export type MachineTab = (typeof machineTabs)[number];

export const alertTabs = ['active', 'history', 'rules', 'channels', 'deliveries', 'maintenance'] as const;
export type AlertTab = (typeof alertTabs)[number];

export type Route =
  | { readonly page: 'fleet' }
  | { readonly page: 'new-machine' | 'add-host' | 'forecasts' | 'activity' | 'hooks' | 'settings' }
  | {
      readonly page: 'alerts';
      readonly tab: AlertTab;
      /** Id of an alert, name of a rule or channel; null where nothing is chosen. */
      readonly chosen: string | null;
    }
  | { readonly page: 'compare'; readonly ids: readonly string[] }
  | {
      readonly page: 'machine';
      readonly id: string;
      readonly tab: MachineTab;
      /** The moment to show, ISO 8601. */
      readonly at: string | null;
      /** The journal entry to show. */
      readonly entry: number | null;
    };

/** An address that leads nowhere leads to the fleet. */
export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  const [first = '', id = '', tab = ''] = path.split('/').filter((part) => part !== '');
  switch (first) {
    case 'new':
      return { page: 'new-machine' };
    case 'add-host':
      return { page: 'add-host' };
    case 'forecasts':
      return { page: 'forecasts' };
    case 'alerts': {
      const chosen = decoded(tab);
      return {
        page: 'alerts',
        tab: alertTabs.find((each) => each === id) ?? 'active',
        chosen: chosen === '' ? null : chosen,
      };
    }
    case 'activity':
      return { page: 'activity' };
    case 'hooks':
      return { page: 'hooks' };
    case 'settings':
      return { page: 'settings' };
    case 'compare':
      return { page: 'compare', ids: comparedIds(query) };
    case 'machines': {
      const machine = decoded(id);
      if (machine === '') return { page: 'fleet' };
      const parameters = new URLSearchParams(query);
      const at = parameters.get('at');
      const entry = Number(parameters.get('entry') ?? '');
      return {
        page: 'machine',
        id: machine,
        // A moment is looked at in the timeline.
        tab: machineTabs.find((each) => each === tab) ?? (at === null ? 'overview' : 'timeline'),
        at,
        entry: Number.isInteger(entry) && entry > 0 ? entry : null,
      };
    }
    default:
      return { page: 'fleet' };
  }
}

export const fleetHref = '#/';
export const newMachineHref = '#/new';
export const addHostHref = '#/add-host';
export const forecastsHref = '#/forecasts';
export const alertsHref = '#/alerts';
export const activityHref = '#/activity';
export const hooksHref = '#/hooks';
export const settingsHref = '#/settings';

export function machineHref(id: string, tab: MachineTab = 'overview', entry?: number): string {
  const path = `#/machines/${encodeURIComponent(id)}`;
  return `${path}${tab === 'overview' ? '' : `/${tab}`}${entry === undefined ? '' : `?entry=${entry}`}`;
}

export function alertHref(tab: AlertTab, chosen?: string): string {
  return `${alertsHref}/${tab}${chosen === undefined ? '' : `/${encodeURIComponent(chosen)}`}`;
}

/** More lines than this cannot be told apart. */
export const mostCompared = 6;

function comparedIds(query: string): readonly string[] {
  const ids = (new URLSearchParams(query).get('machines') ?? '').split(',').filter((id) => /^[\w-]{1,64}$/.test(id));
  return [...new Set(ids)].slice(0, mostCompared);
}

/** Machines over one another; more than `mostCompared` are left out. */
export function compareHref(ids: readonly string[]): string {
  return `#/compare?machines=${ids.slice(0, mostCompared).join(',')}`;
}

export function go(href: string): void {
  window.location.hash = href;
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(
    (changed) => {
      window.addEventListener('hashchange', changed);
      return () => window.removeEventListener('hashchange', changed);
    },
    () => window.location.hash,
  );
  return routeOf(hash);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
