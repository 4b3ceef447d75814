import { Activity, Bell, type LucideIcon, Server, SlidersHorizontal, TrendingUp, Webhook } from 'lucide-react';
import { severityOf } from '../../main/contract/machine-condition.ts';
import { useActiveAlerts } from '../client/use-alerts.ts';
import { useHost, useLink, useMachines, useNotices, useOperations } from '../client/use-engine.ts';
import { Mark } from '../components/mark.tsx';
import { mebibytes } from '../format/sizes.ts';
import { activityHref, alertsHref, fleetHref, forecastsHref, hooksHref, type Route, settingsHref } from '../route.ts';
import { BrandMark, type BrandState } from './brand-mark.tsx';

/** Where the window can stand, and how the whole fleet is. */
export function Rail({ route }: { readonly route: Route }) {
  const { value: machines } = useMachines();
  const operations = useOperations();
  const notices = useNotices();
  const all = machines === null ? [] : [...machines.values()];
  const running = [...operations.values()].filter(({ state }) => state === 'running').length;
  const inFleet =
    route.page === 'fleet' ||
    route.page === 'machine' ||
    route.page === 'compare' ||
    route.page === 'new-machine' ||
    route.page === 'add-host';
  const needy = all.filter((machine) => severityOf(machine, undefined) === 'critical').length;
  const alerts = useActiveAlerts().value ?? [];
  const firing = alerts.filter(({ state }) => state === 'firing').length;
  const faults = notices.filter(({ severity }) => severity !== 'info').length;
  return (
    <nav className="rail" aria-label="Main" data-region>
      <div className="brand">
        <BrandMark state={useBrandState()} />
        <span>Vigil</span>
      </div>
      <RailLink
        href={fleetHref}
        icon={Server}
        name="Fleet"
        isHere={inFleet}
        count={all.length}
        {...(needy > 0 ? { alarm: { count: needy, words: needy === 1 ? 'needs you' : 'need you' } } : {})}
      />
      <RailLink
        href={alertsHref}
        icon={Bell}
        name="Alerts"
        isHere={route.page === 'alerts'}
        count={0}
        {...(firing > 0 ? { alarm: { count: firing, words: firing === 1 ? 'fires' : 'fire' } } : {})}
      />
      <RailLink href={forecastsHref} icon={TrendingUp} name="Forecasts" isHere={route.page === 'forecasts'} count={0} />
      <RailLink
        href={activityHref}
        icon={Activity}
        name="Activity"
        isHere={route.page === 'activity'}
        count={running}
        counts="under way"
      />
      <RailLink href={hooksHref} icon={Webhook} name="Hooks" isHere={route.page === 'hooks'} count={0} />
      <RailLink
        href={settingsHref}
        icon={SlidersHorizontal}
        name="Settings"
        isHere={route.page === 'settings'}
        count={faults}
        counts={faults === 1 ? 'notice' : 'notices'}
      />
      <HostWords />
    </nav>
  );
}

interface RailLinkProps {
  readonly href: string;
  readonly icon: LucideIcon;
  readonly name: string;
  readonly isHere: boolean;
  readonly count: number;
  readonly counts?: string;
  /** Shown before the count, and alone where the rail is narrow. */
  readonly alarm?: { readonly count: number; readonly words: string };
}

function RailLink({ href, icon: Icon, name, isHere, count, counts = 'machines', alarm }: RailLinkProps) {
  return (
    <a href={href} aria-current={isHere ? 'page' : undefined} title={name} className="rail-link">
      <Icon className="icon" strokeWidth={1.6} aria-hidden="true" />
      <span className="rail-word">{name}</span>
      {alarm === undefined ? null : (
        <span className="rail-alarm" title={alarm.words}>
          {alarm.count}
          <span className="visually-hidden"> {alarm.words}</span>
        </span>
      )}
      {count === 0 ? null : (
        <span className="rail-count">
          {count}
          <span className="visually-hidden"> {counts}</span>
        </span>
      )}
    </a>
  );
}

function HostWords() {
  const link = useLink();
  const { value: host } = useHost();
  return (
    <div className="rail-host">
      <span className="rail-engine">
        <Mark kind={link.kind === 'open' ? 'ok' : link.kind === 'lost' ? 'unk' : 'work'} />
        {link.kind === 'open' ? 'Engine running' : link.kind === 'lost' ? 'No engine' : 'Reaching the engine'}
      </span>
      {host === null ? null : (
        <span>
          This computer: memory {gibibytes(host.promisedMemoryMib)} of {mebibytes(host.capacity.maxMemoryMib)} promised
        </span>
      )}
    </div>
  );
}

function gibibytes(mib: number): string {
  return (mib / 1024).toFixed(1);
}

/** As in the tray: the worst state wins. */
function useBrandState(): BrandState {
  const link = useLink();
  const { value: machines } = useMachines();
  const operations = useOperations();
  const notices = useNotices();
  if (link.kind === 'lost') return 'asleep';
  const severities = new Set([...(machines?.values() ?? [])].map((machine) => severityOf(machine, undefined)));
  if (severities.has('critical') || notices.some(({ severity }) => severity === 'critical')) return 'alarm';
  if (
    severities.has('unknown') ||
    severities.has('warning') ||
    notices.some(({ severity }) => severity === 'warning')
  ) {
    return 'attention';
  }
  const works = severities.has('working') || [...operations.values()].some(({ state }) => state === 'running');
  return works ? 'working' : 'calm';
}
