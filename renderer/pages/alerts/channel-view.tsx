import { useState } from 'react';
import type { Channel, ChannelTest } from '../../../main/contract/channel.ts';
import { errorOf, failureOf } from '../../../main/contract/failure.ts';
import { useClient } from '../../client/client-context.tsx';
import { Button } from '../../components/button.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark } from '../../components/mark.tsx';
import { SelectField } from '../../components/select-field.tsx';
import { alertHref } from '../../route.ts';
import { channelNames } from './alert-words.ts';
import { severityChoices } from './channels-tab.tsx';
import { MessagePreview } from './message-preview.tsx';
import { SecretFact } from './secret-fact.tsx';
import { useAct } from './use-act.ts';

/** One channel: whether it works, what it tells of, a try of it, and how its messages look. */
export function ChannelView({ channel }: { readonly channel: Channel }) {
  const { connection } = useClient();
  const { busy, act } = useAct();
  const [answer, setAnswer] = useState<ChannelTest | null>(null);
  const [isTesting, setTesting] = useState(false);
  const { name, state, hint, leadsTo, minSeverity, secrets, trouble, parked } = channel;
  const test = async (): Promise<void> => {
    setTesting(true);
    setAnswer(null);
    try {
      setAnswer(await connection.call('channel.test', { channel: name }));
    } catch (error) {
      const { message, hint: advice } = errorOf(failureOf(error));
      setAnswer({ channel: name, delivered: false, summary: advice === undefined ? message : `${message} ${advice}` });
    } finally {
      setTesting(false);
    }
  };
  return (
    <section className="rule-editor scroll" aria-label={`Channel ${channelNames[name]}`}>
      <header className="rule-head">
        <h2>{channelNames[name]}</h2>
        <span className="small quiet grow cut">
          {state === 'ready' ? 'on' : state}
          {hint === null || state !== 'not set up' ? '' : `: ${hint}`}
        </span>
        <Button
          size="small"
          onClick={() => void test()}
          off={isTesting ? 'It is being tried.' : state === 'not set up' ? (hint ?? 'It is not set up.') : undefined}
        >
          {isTesting ? 'Sending…' : 'Send a test'}
        </Button>
      </header>
      {answer === null ? null : (
        <p className={answer.delivered ? 'channel-answer ok' : 'channel-answer crit'} role="status">
          <Mark kind={answer.delivered ? 'ok' : 'crit'} />
          <ForeignText>{answer.summary}</ForeignText>
        </p>
      )}
      <div className="channel-parts">
        <div>
          <SelectField
            label="Tells of"
            hint="whatever a rule names"
            value={minSeverity}
            onChange={(next) => {
              if (!busy) void act(() => connection.call('channel.set', { channel: name, minSeverity: next }));
            }}
            options={severityChoices}
          />
          <Facts title="How it is set up">
            <Fact name="Leads to">{leadsTo === null ? '–' : <ForeignText>{leadsTo}</ForeignText>}</Fact>
            {secrets.map(({ slot, source }) => (
              <Fact key={slot} name={slot.charAt(0).toUpperCase() + slot.slice(1)}>
                <SecretFact slot={slot} source={source} />
              </Fact>
            ))}
            {trouble === null ? null : (
              <Fact name="Last try">
                <ForeignText className="crit">{trouble}</ForeignText>
              </Fact>
            )}
            {parked === 0 ? null : (
              <Fact name="Parked">
                <a href={alertHref('deliveries')}>{parked} to look at</a>
              </Fact>
            )}
          </Facts>
        </div>
        <MessagePreview channel={name} />
      </div>
    </section>
  );
}
