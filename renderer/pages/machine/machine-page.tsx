import { SearchX } from 'lucide-react';
import { Tabs } from 'radix-ui';
import type { Machine } from '../../../main/contract/machine.ts';
import { useLink, useMachine, useMachines, useOperationOf } from '../../client/use-engine.ts';
import { asLastRead, useMachineFile } from '../../client/use-machine-detail.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { verbsOf } from '../../components/machine-verbs.ts';
import { SkeletonRows } from '../../components/patience.tsx';
import { fleetHref, go, type MachineTab, machineHref, machineTabs, type Route } from '../../route.ts';
import { useShortcut } from '../../shell/shortcuts.ts';
import { AzureConsole } from './azure-console.tsx';
import { ConfigurationTab } from './configuration-tab.tsx';
import { ConsoleTab } from './console-tab.tsx';
import { ForecastTab } from './forecast-tab.tsx';
import { HealthTab } from './health-tab.tsx';
import { MachineAlerts } from './machine-alerts.tsx';
import { MachineFoot } from './machine-foot.tsx';
import { MachineHeader } from './machine-header.tsx';
import { NoticeBar } from './notice-bar.tsx';
import { OperationBar } from './operation-bar.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { SnapshotsTab } from './snapshots-tab.tsx';
import { TimelineTab } from './timeline-tab.tsx';

type MachineRoute = Extract<Route, { page: 'machine' }>;

export function MachinePage({ route }: { readonly route: MachineRoute }) {
  const machine = useMachine(route.id);
  const { error } = useMachines();
  const link = useLink();
  useShortcut('Escape', () => go(fleetHref));
  if (machine === undefined && (error === null || link.kind === 'opening')) {
    return (
      <div className="scroll">
        <SkeletonRows count={10} what="the machine" />
      </div>
    );
  }
  if (machine === undefined || machine === null) {
    return (
      <EmptyState
        icon={<SearchX className="icon icon-large" strokeWidth={1.4} aria-hidden="true" />}
        title="There is no such machine"
        verb={
          <a className="button button-normal" href={fleetHref}>
            To the fleet
          </a>
        }
      >
        {error === null
          ? 'It was deleted, or the link is old. What happened to it stands in the activity.'
          : error.message}
      </EmptyState>
    );
  }
  return <MachineView machine={machine} route={route} />;
}

const tabWords: Readonly<Record<MachineTab, string>> = {
  overview: 'Overview',
  timeline: 'Timeline',
  console: 'Console',
  snapshots: 'Snapshots',
  health: 'Health',
  forecast: 'Forecast',
  configuration: 'Configuration',
};

/** A machine has the tabs of what it can do: a host that only answers SSH has no console; Azure's snapshots stay there, and its console is what the platform keeps. */
function tabsOf({ provider }: Machine): readonly MachineTab[] {
  return machineTabs.filter((tab) => {
    if (provider === 'qemu') return true;
    return tab !== 'snapshots' && (tab !== 'console' || provider === 'azure');
  });
}

function MachineView({ machine, route }: { readonly machine: Machine; readonly route: MachineRoute }) {
  const link = useLink();
  const operation = useOperationOf(machine);
  const file = useMachineFile(machine);
  const lastRead = asLastRead(machine, file);
  const verbs = verbsOf(machine, operation);
  const tabs = tabsOf(machine);
  const shown = tabs.includes(route.tab) ? route.tab : 'overview';
  const [crash] = file.crashes;
  const select = (tab: string) => go(machineHref(machine.id, machineTabs.find((each) => each === tab) ?? 'overview'));
  useShortcut('w', () => select('timeline'));
  return (
    <>
      <MachineHeader machine={lastRead} operation={operation} verbs={verbs} />
      {operation === undefined ? (
        <NoticeBar machine={machine} verbs={verbs} />
      ) : (
        <OperationBar machine={machine} operation={operation} verbs={verbs} />
      )}
      <MachineAlerts machine={machine} />
      <Tabs.Root value={shown} onValueChange={select} className="machine-tabs" activationMode="manual">
        <Tabs.List className="tabs" aria-label="About the machine">
          {tabs.map((tab) => (
            <Tabs.Trigger key={tab} value={tab} className="tab">
              {tabWords[tab]}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Tabs.Content value="overview" className={link.kind === 'lost' ? 'tab-content stale' : 'tab-content'}>
          <OverviewTab machine={machine} />
        </Tabs.Content>
        <Tabs.Content value="timeline" className="tab-content">
          <TimelineTab machine={machine} entry={route.entry} at={route.at} />
        </Tabs.Content>
        <Tabs.Content value="console" className="tab-content">
          {machine.azure === undefined ? (
            <ConsoleTab machine={machine} />
          ) : (
            <AzureConsole machine={machine} azure={machine.azure} />
          )}
        </Tabs.Content>
        <Tabs.Content value="snapshots" className="tab-content">
          <SnapshotsTab machine={machine} />
        </Tabs.Content>
        <Tabs.Content value="health" className="tab-content">
          <HealthTab machine={machine} crash={crash} />
        </Tabs.Content>
        <Tabs.Content value="forecast" className={link.kind === 'lost' ? 'tab-content stale' : 'tab-content'}>
          <ForecastTab machine={machine} />
        </Tabs.Content>
        <Tabs.Content value="configuration" className="tab-content">
          <ConfigurationTab machine={lastRead} file={file} />
        </Tabs.Content>
      </Tabs.Root>
      <MachineFoot machine={machine} />
    </>
  );
}
