import { Megaphone } from 'lucide-react';
import { type AlertSeverity, alertSeverities } from '../../../main/contract/alert-rule.ts';
import type { Channel, ChannelState } from '../../../main/contract/channel.ts';
import { useClient } from '../../client/client-context.tsx';
import { useChannels } from '../../client/use-alerts.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark, type MarkKind } from '../../components/mark.tsx';
import { SkeletonRows } from '../../components/patience.tsx';
import { Switch } from '../../components/switch.tsx';
import { visibleText } from '../../format/visible-text.ts';
import { alertHref } from '../../route.ts';
import { channelNames } from './alert-words.ts';
import { ChannelView } from './channel-view.tsx';
import { useAct } from './use-act.ts';

const stateMarks: Readonly<Record<ChannelState, MarkKind>> = { ready: 'ok', off: 'off', 'not set up': 'unk' };

export const severityChoices: readonly { readonly value: AlertSeverity; readonly label: string }[] =
  alertSeverities.map((value) => ({
    value,
    label: value === 'info' ? 'every alert' : value === 'warning' ? 'warnings and worse' : 'critical only',
  }));

/** Over which ways people are told: each with its switch, and one of them whole. */
export function ChannelsTab({ chosen }: { readonly chosen: string | null }) {
  const { value: channels, error, retry } = useChannels();
  if (channels === null) {
    if (error === null) return <SkeletonRows count={7} what="the channels" />;
    return (
      <EmptyState
        icon={<Megaphone className="icon icon-large" strokeWidth={1.4} aria-hidden="true" />}
        title="The channels could not be read"
        verb={<Button onClick={retry}>Try again</Button>}
      >
        {visibleText(error.message)}
      </EmptyState>
    );
  }
  const channel = channels.find(({ name }) => name === chosen) ?? channels[0];
  return (
    <div className="rules">
      <nav className="rule-list" aria-label="Channels">
        <ul>
          {channels.map((each) => (
            <Entry key={each.name} channel={each} isShown={each === channel} />
          ))}
        </ul>
      </nav>
      {channel === undefined ? null : <ChannelView key={channel.name} channel={channel} />}
    </div>
  );
}

function Entry({ channel, isShown }: { readonly channel: Channel; readonly isShown: boolean }) {
  const { connection } = useClient();
  const { busy, act } = useAct();
  const { name, state, leadsTo, parked, waiting, trouble } = channel;
  return (
    <li className="rule-entry" aria-current={isShown || undefined}>
      <a href={alertHref('channels', name)} className="rule-link">
        <Mark kind={trouble === null ? stateMarks[state] : 'warn'} />
        <span className="rule-words">
          <span className="cut">{channelNames[name]}</span>
          <span className="tiny faint">
            {state === 'ready' ? leadsTo === null ? 'on' : <ForeignText>{leadsTo}</ForeignText> : state}
            {parked > 0 ? <b className="crit">, {parked} parked</b> : null}
            {waiting > 0 ? `, ${waiting} waiting` : ''}
          </span>
        </span>
      </a>
      <Switch
        label={`Channel ${channelNames[name]}`}
        isOn={state !== 'off'}
        off={busy ? 'It is being switched.' : undefined}
        onChange={(enabled) => void act(() => connection.call('channel.set', { channel: name, enabled }))}
      />
    </li>
  );
}
