import { Moon } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { useActiveAlerts, useAlertRules, useChannels, useMutes } from '../../client/use-alerts.ts';
import { useLink, useNotices } from '../../client/use-engine.ts';
import { Button } from '../../components/button.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark } from '../../components/mark.tsx';
import { Strip } from '../../components/strip.tsx';
import { type AlertTab, alertHref, alertTabs, go, type Route } from '../../route.ts';
import { ActiveTab } from './active-tab.tsx';
import { useAlertVerbs } from './alert-verbs.ts';
import { ChannelsTab } from './channels-tab.tsx';
import { DeliveriesTab } from './deliveries-tab.tsx';
import { HistoryTab } from './history-tab.tsx';
import { MaintenanceTab } from './maintenance-tab.tsx';
import { RulesTab } from './rules-tab.tsx';

export type AlertsRoute = Extract<Route, { page: 'alerts' }>;

const tabWords: Readonly<Record<AlertTab, string>> = {
  active: 'Active',
  history: 'History',
  rules: 'Rules',
  channels: 'Channels',
  deliveries: 'Deliveries',
  maintenance: 'Maintenance',
};

/** Of the notice that says that the file of the rules is broken. */
const rulesNotice = 'alert rules';

/** What fires, what fired, when and over which ways people are told. */
export function AlertsPage({ route }: { readonly route: AlertsRoute }) {
  const link = useLink();
  const fault = useNotices().find(({ id }) => id === rulesNotice);
  const { tab, chosen } = route;
  const counts = useCounts();
  return (
    <Tabs.Root
      value={tab}
      onValueChange={(next) => go(alertHref(alertTabs.find((each) => each === next) ?? 'active'))}
      className="machine-tabs"
      activationMode="manual"
    >
      <div className="alert-head">
        <Tabs.List className="tabs" aria-label="About alerts">
          {alertTabs.map((each) => (
            <Tabs.Trigger key={each} value={each} className="tab">
              {tabWords[each]}
              {counts[each] === undefined ? null : (
                <span className={each === 'active' ? 'tab-count crit' : 'tab-count'}> {counts[each]}</span>
              )}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Quiet />
      </div>
      {fault === undefined ? null : (
        <Strip
          tone="warn"
          icon={<Mark kind="warn" />}
          verbs={
            <a className="button button-normal button-small" href={alertHref('rules', '-file')}>
              Mend it
            </a>
          }
        >
          <ForeignText className="strong">{fault.text}</ForeignText> The last good rules stay in force.
        </Strip>
      )}
      {alertTabs.map((each) => (
        <Tabs.Content key={each} value={each} className={link.kind === 'lost' ? 'tab-content stale' : 'tab-content'}>
          {each === tab ? <Shown tab={each} chosen={chosen} /> : null}
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}

function Shown({ tab, chosen }: { readonly tab: AlertTab; readonly chosen: string | null }) {
  switch (tab) {
    case 'active':
      return <ActiveTab chosen={chosen} />;
    case 'history':
      return <HistoryTab />;
    case 'rules':
      return <RulesTab chosen={chosen} />;
    case 'channels':
      return <ChannelsTab chosen={chosen} />;
    case 'deliveries':
      return <DeliveriesTab />;
    case 'maintenance':
      return <MaintenanceTab />;
  }
}

/** What stands beside the name of a tab; nothing for one that is not read yet, or empty. */
function useCounts(): Partial<Record<AlertTab, string>> {
  const { value: active } = useActiveAlerts();
  const { value: rules } = useAlertRules();
  const { value: channels } = useChannels();
  const firing = active?.filter(({ state }) => state === 'firing').length ?? 0;
  const parked = channels?.reduce((sum, channel) => sum + channel.parked, 0) ?? 0;
  return {
    ...(firing === 0 ? {} : { active: String(firing) }),
    ...(rules === null ? {} : { rules: String(rules.length) }),
    ...(channels === null
      ? {}
      : { channels: `${channels.filter(({ state }) => state === 'ready').length} of ${channels.length}` }),
    ...(parked === 0 ? {} : { deliveries: `${parked} parked` }),
  };
}

/** Whether anything is told now. */
function Quiet() {
  const { value: mutes } = useMutes();
  const verbs = useAlertVerbs();
  const mute = mutes?.find(
    ({ kind, machine, rule, from, until, window }) =>
      kind === 'maintenance' &&
      machine === null &&
      rule === null &&
      window === null &&
      until !== null &&
      (from === null || Date.parse(from) <= Date.now()),
  );
  if (mute?.until == null) {
    return (
      <Button look="plain" size="small" icon={Moon} onClick={verbs.quietAll}>
        Quiet for 1 h
      </Button>
    );
  }
  return (
    <Button look="normal" size="small" icon={Moon} onClick={() => verbs.end(mute.id)} title="Tell of alerts again">
      Quiet until {new Date(mute.until).toTimeString().slice(0, 5)}: end
    </Button>
  );
}
