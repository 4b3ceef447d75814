import { useState } from 'react';
import { type ChannelSecret, secretSlots } from '../../../main/contract/channel.ts';
import { useClient } from '../../client/client-context.tsx';
import { Button } from '../../components/button.tsx';
import { Fact } from '../../components/facts.tsx';
import { Mark } from '../../components/mark.tsx';
import { capitalised } from '../../format/sentence.ts';
import { useAct } from './use-act.ts';

/** Whether a channel has one of its secrets, and a way to have it kept. What it is never comes back to the window. */
export function SecretFact({ secret: { slot, source } }: { readonly secret: ChannelSecret }) {
  const { connection } = useClient();
  const { busy, act } = useAct();
  const [typed, setTyped] = useState<string | null>(null);
  const keep = async (): Promise<void> => {
    if (typed === null || typed.trim() === '' || busy) return;
    if (await act(() => connection.call('channel.keep-secret', { slot, secret: typed }))) setTyped(null);
  };
  return (
    <Fact name={capitalised(slot)}>
      {source === null ? (
        <>
          not set{' '}
          <span className="faint">
            (<code className="mono">{secretSlots[slot]}</code> in the environment, or kept here)
          </span>
        </>
      ) : (
        <>
          <Mark kind="ok" /> set{' '}
          <span className="faint">in {source === 'environment' ? 'the environment' : 'the key store of the desktop'}</span>
        </>
      )}{' '}
      {typed === null ? (
        <>
          {source === 'environment' ? null : (
            <Button size="small" aria-label={`Set the ${slot}`} onClick={() => setTyped('')}>
              Set
            </Button>
          )}
          {source === 'store' ? (
            <Button
              size="small"
              look="plain"
              aria-label={`Forget the ${slot}`}
              off={busy ? 'It is being forgotten.' : undefined}
              onClick={() => void act(() => connection.call('channel.forget-secret', { slot }))}
            >
              Forget
            </Button>
          ) : null}
        </>
      ) : (
        <form
          className="secret-form"
          onSubmit={(event) => {
            event.preventDefault();
            void keep();
          }}
        >
          <div className="field-box">
            <input
              type="password"
              aria-label={`The ${slot}`}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Escape') return;
                event.stopPropagation();
                setTyped(null);
              }}
              maxLength={4096}
              autoComplete="off"
              spellCheck={false}
            />
          </div>
          <Button
            type="submit"
            size="small"
            look="primary"
            off={busy ? 'It is being kept.' : typed.trim() === '' ? 'Type it first.' : undefined}
          >
            Keep
          </Button>
          <Button size="small" look="plain" onClick={() => setTyped(null)}>
            Cancel
          </Button>
        </form>
      )}
    </Fact>
  );
}
