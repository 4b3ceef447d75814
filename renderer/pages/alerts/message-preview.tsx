import { useCallback, useState } from 'react';
import type { AlertChannel } from '../../../main/contract/alert-rule.ts';
import { type ChannelPreview, type PreviewKind, previewKinds } from '../../../main/contract/channel-preview.ts';
import type { Connection } from '../../../main/contract/connection.ts';
import { useAlertRules } from '../../client/use-alerts.ts';
import { useFresh } from '../../client/use-fresh.ts';
import { Button } from '../../components/button.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Segments } from '../../components/segments.tsx';
import { SelectField } from '../../components/select-field.tsx';
import { visibleText } from '../../format/visible-text.ts';
import { BrandMark } from '../../shell/brand-mark.tsx';
import { channelNames } from './alert-words.ts';

const kindWords: Readonly<Record<PreviewKind, string>> = { firing: 'It fires', resolved: 'It is over' };
const events = ['alert-rules.changed'] as const;

/** A message as its receiver shows it, made by what makes the real ones. */
export function MessagePreview({ channel }: { readonly channel: AlertChannel }) {
  const { value: rules } = useAlertRules();
  const [rule, setRule] = useState('');
  const [tells, setTells] = useState<PreviewKind>('firing');
  const { value: preview, error } = useFresh(
    useCallback(
      (connection: Connection) =>
        connection.call('channel.preview', { channel, tells, ...(rule === '' ? {} : { rule }) }),
      [channel, rule, tells],
    ),
    events,
  );
  const names = rules?.map(({ name }) => name) ?? [];
  return (
    <section className="message-preview" aria-label="How a message looks">
      <div className="message-choice">
        <SelectField
          label="A message of"
          hint=""
          value={names.includes(rule) ? rule : (names[0] ?? '')}
          onChange={setRule}
          options={
            names.length === 0
              ? [{ value: '', label: 'an example' }]
              : names.map((name) => ({ value: name, label: name }))
          }
        />
        <Segments
          name="What it tells"
          options={previewKinds.map((value) => ({ value, label: kindWords[value] }))}
          value={tells}
          onChange={(next) => setTells(previewKinds.find((each) => each === next) ?? 'firing')}
        />
      </div>
      {error === null ? null : (
        <p className="crit small" role="alert">
          {visibleText(error.message)}
        </p>
      )}
      {preview === null ? <div className="message-place" aria-busy="true" /> : <Message preview={preview} />}
    </section>
  );
}

function Message({ preview }: { readonly preview: ChannelPreview }) {
  const { channel, title, body, foot, colour, word, sent } = preview;
  const [showsSent, setShowsSent] = useState(false);
  const isProgram = channel === 'webhook' || channel === 'appinsights';
  return (
    <>
      <figure className={`message message-${channel}`} aria-label={`As ${channelNames[channel]} shows it`}>
        {isProgram ? (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
          <pre className="message-sent" tabIndex={0}>
            {visibleLines(sent ?? '')}
          </pre>
        ) : (
          <>
            <div className="message-from">
              <BrandMark state="calm" />
              <b>Vigil</b>
              {channel === 'slack' || channel === 'discord' ? <span className="message-app">APP</span> : null}
            </div>
            {channel === 'slack' || channel === 'email' ? (
              <p className={channel === 'email' ? 'message-title strong' : 'message-title'}>
                <ForeignText>{title}</ForeignText>
              </p>
            ) : null}
            <div className="message-card">
              {colour === null ? null : (
                <svg className="message-stripe" viewBox="0 0 4 10" preserveAspectRatio="none" aria-hidden="true">
                  <rect width="4" height="10" fill={colour} />
                </svg>
              )}
              <div className="message-words">
                {word === null ? null : <p className="message-word tiny strong">{word}</p>}
                {channel === 'slack' || channel === 'email' ? null : (
                  <p className="strong">
                    <ForeignText>{title}</ForeignText>
                  </p>
                )}
                {body.split('\n').map((line, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: lines without an identity
                  <p key={index}>
                    <ForeignText>{line}</ForeignText>
                  </p>
                ))}
                {foot === null ? null : (
                  <p className="tiny faint message-foot">
                    <ForeignText>{foot}</ForeignText>
                  </p>
                )}
              </div>
            </div>
          </>
        )}
      </figure>
      {sent === null || isProgram ? null : (
        <>
          <Button look="plain" size="small" aria-expanded={showsSent} onClick={() => setShowsSent(!showsSent)}>
            {showsSent ? 'Hide what is sent' : 'Show what is sent'}
          </Button>
          {showsSent ? (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
            <pre className="message-sent" tabIndex={0}>
              {visibleLines(sent)}
            </pre>
          ) : null}
        </>
      )}
    </>
  );
}

/** What stands on lines stays on lines. */
function visibleLines(text: string): string {
  return text.split('\n').map(visibleText).join('\n');
}
