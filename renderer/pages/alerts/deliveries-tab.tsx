import { Send } from 'lucide-react';
import { useState } from 'react';
import type { Delivery, DeliveryState } from '../../../main/contract/delivery.ts';
import { useClient } from '../../client/client-context.tsx';
import { useDeliveries } from '../../client/use-alerts.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark } from '../../components/mark.tsx';
import { SkeletonRows } from '../../components/patience.tsx';
import { Moment, Since } from '../../components/relative-time.tsx';
import { Segments } from '../../components/segments.tsx';
import { visibleText } from '../../format/visible-text.ts';
import { alertHref } from '../../route.ts';
import { channelNames, deliveryMarks, kindWords, severityMarks } from './alert-words.ts';
import { useAct } from './use-act.ts';

const shown = 200;
const most = 1000;
const filters = ['all', 'parked', 'waiting', 'delivered'] as const;
type Filter = (typeof filters)[number];
const filterWords: Readonly<Record<Filter, string>> = {
  all: 'All',
  parked: 'Parked',
  waiting: 'Waiting',
  delivered: 'Delivered',
};

/** Messages about alerts on their way: what became of each, and what a person has to look at. */
export function DeliveriesTab() {
  const [filter, setFilter] = useState<Filter>('all');
  const [limit, setLimit] = useState(shown);
  const state: DeliveryState | undefined = filter === 'all' ? undefined : filter;
  const { value: deliveries, error, retry } = useDeliveries(limit, state);
  const icon = <Send className="icon icon-large" strokeWidth={1.4} aria-hidden="true" />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
    <section className="scroll alert-scroll" tabIndex={0} aria-label="Deliveries">
      <div className="list-head">
        <Segments
          name="Which messages"
          options={filters.map((value) => ({ value, label: filterWords[value] }))}
          value={filter}
          onChange={(next) => setFilter(filters.find((each) => each === next) ?? 'all')}
        />
        <span className="quiet small">
          A message is written with its alert and tried for three days; what nobody takes is parked.
        </span>
      </div>
      {deliveries === null ? (
        error === null ? (
          <SkeletonRows count={8} what="the messages" />
        ) : (
          <EmptyState
            icon={icon}
            title="The messages could not be read"
            verb={<Button onClick={retry}>Try again</Button>}
          >
            {visibleText(error.message)}
          </EmptyState>
        )
      ) : deliveries.length === 0 ? (
        <EmptyState icon={icon} title={filter === 'all' ? 'Nothing was sent yet' : `None is ${filter}`}>
          Each message about an alert stands here with its channel and what became of it.
        </EmptyState>
      ) : (
        <>
          <table className="alert-table">
            <thead>
              <tr>
                <th scope="col">State</th>
                <th scope="col">Channel</th>
                <th scope="col">What it says</th>
                <th scope="col">Written</th>
                <th scope="col" className="number">
                  Tries
                </th>
                <th scope="col">What became of it</th>
                <th scope="col">
                  <span className="visually-hidden">Verbs</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {deliveries.map((delivery) => (
                <Row key={delivery.id} delivery={delivery} />
              ))}
            </tbody>
          </table>
          {deliveries.length === limit && limit < most ? (
            <p className="alert-more">
              <Button onClick={() => setLimit(most)}>Show older ones</Button>
            </p>
          ) : null}
        </>
      )}
    </section>
  );
}

function Row({ delivery }: { readonly delivery: Delivery }) {
  const { connection } = useClient();
  const { busy, act } = useAct();
  const { id, state, channel, kind, severity, title, at, attempts, deliveredAt, reason, episode, nextTryAt } = delivery;
  return (
    <tr className={state === 'parked' ? 'alert-row alert-critical' : 'alert-row'}>
      <td>
        <span className="alert-severity">
          <Mark kind={deliveryMarks[state]} />
          {state}
        </span>
      </td>
      <td>
        <a href={alertHref('channels', channel)}>{channelNames[channel]}</a>
      </td>
      <td className="cut">
        <span className="alert-severity">
          <Mark kind={kind === 'resolved' ? 'ok' : severityMarks[severity]} />
          <a className="alert-topic cut" href={alertHref('active', episode)} title={visibleText(title)}>
            <ForeignText>{title}</ForeignText>
          </a>
          <span className="faint">{kindWords[kind]}</span>
        </span>
      </td>
      <td className="quiet">
        <Moment at={at} />
      </td>
      <td className="number">{attempts}</td>
      <td className="alert-outcome">
        {deliveredAt === null ? null : (
          <>
            delivered <Since at={deliveredAt} />
          </>
        )}
        {nextTryAt === null ? null : (
          <>
            next try <Moment at={nextTryAt} />{' '}
          </>
        )}
        {state === 'delivered' || reason === null ? null : <ForeignText className="quiet">{reason}</ForeignText>}
      </td>
      <td>
        {state === 'parked' ? (
          <Button
            size="small"
            off={busy ? 'It is being sent.' : undefined}
            onClick={() => void act(() => connection.call('delivery.resend', { delivery: id }))}
          >
            Send again
          </Button>
        ) : null}
      </td>
    </tr>
  );
}
