import { Inbox as InboxIcon } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useMemo, useState } from 'react';
import { attendTo } from '../../main/contract/attend-to.ts';
import { type AttentionAction, attentionCaptions, possibleActions } from '../../main/contract/attention.ts';
import { useClient } from '../client/client-context.tsx';
import { useActiveAlerts } from '../client/use-alerts.ts';
import { useMachines } from '../client/use-engine.ts';
import { Button } from '../components/button.tsx';
import { ForeignText } from '../components/foreign-text.tsx';
import { layerRoot } from '../components/layer-root.ts';
import { Mark } from '../components/mark.tsx';
import { Since } from '../components/relative-time.tsx';
import { useAct } from '../pages/alerts/use-act.ts';
import { alertsHref, go, machineHref } from '../route.ts';
import { type InboxEntry, inboxEntries } from './inbox-entries.ts';

/** More helps nobody in a corner: the page has the rest. */
const mostShown = 8;

/** What asks for a person, with what the desktop's notifications offer: for desktops that show no buttons, or nothing. */
export function Inbox() {
  const alerts = useActiveAlerts().value;
  const machines = useMachines().value;
  const [isOpen, setOpen] = useState(false);
  const entries = useMemo(() => inboxEntries(alerts ?? [], machines?.values() ?? []), [alerts, machines]);
  const count = entries.length === 0 ? 'nothing asks for you' : `${entries.length} to see to`;
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <button
          type="button"
          className="button button-plain button-icon bell"
          aria-label={`Inbox: ${count}`}
          title={`Inbox: ${count}`}
        >
          <InboxIcon className="icon" strokeWidth={1.6} aria-hidden="true" />
          {entries.length === 0 ? null : (
            <span className={entries[0]?.mark === 'crit' ? 'bell-count bell-crit' : 'bell-count'} aria-hidden="true">
              {entries.length > 99 ? '99+' : entries.length}
            </span>
          )}
        </button>
      </Popover.Trigger>
      <Popover.Portal container={layerRoot()}>
        <Popover.Content className="layer inbox" align="end" sideOffset={4} collisionPadding={8} aria-label="Inbox">
          {entries.length === 0 ? <p className="quiet inbox-empty">Nothing asks for you.</p> : null}
          <ul className="inbox-list">
            {entries.slice(0, mostShown).map((entry) => (
              <Entry key={entry.key} entry={entry} leave={() => setOpen(false)} />
            ))}
          </ul>
          {entries.length > mostShown ? (
            <a className="inbox-more" href={alertsHref} onClick={() => setOpen(false)}>
              {entries.length - mostShown} more
            </a>
          ) : null}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Entry({ entry, leave }: { readonly entry: InboxEntry; leave(): void }) {
  const { connection } = useClient();
  const machines = useMachines().value;
  const { busy, act } = useAct();
  const { mark, title, text, machine, machineId, at, href, subject } = entry;
  const choose = (action: AttentionAction): void => {
    if (action === 'console') {
      leave();
      go(machineHref(machineId, 'console'));
    } else void act(() => attendTo(connection, entry, action));
  };
  const name = machine === '' ? title : `${machine}: ${title}`;
  return (
    <li className="inbox-entry">
      <Mark kind={mark} />
      <div className="inbox-words">
        <a href={href} className="strong" onClick={leave}>
          <ForeignText>{name}</ForeignText>
        </a>
        <p className="inbox-text">
          <ForeignText>{text}</ForeignText>
        </p>
        <p className="faint">
          <Since at={at} />
        </p>
        <div className="inbox-verbs">
          {possibleActions(subject, machines?.get(machineId)).map((action) => (
            <Button
              key={action}
              size="small"
              off={busy ? 'It is being done.' : undefined}
              aria-label={`${attentionCaptions[action]}: ${name}`}
              onClick={() => choose(action)}
            >
              {attentionCaptions[action]}
            </Button>
          ))}
        </div>
      </div>
    </li>
  );
}
