import { useState } from 'react';
import { type SecretSlot, type SecretSource, secretSlots } from '../../../main/contract/channel.ts';
import type { Connection } from '../../../main/contract/connection.ts';
import { useClient } from '../../client/client-context.tsx';
import { useFresh } from '../../client/use-fresh.ts';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/form-field.tsx';
import { Mark } from '../../components/mark.tsx';
import { capitalised } from '../../format/sentence.ts';
import { useAct } from './use-act.ts';

interface SecretFactProps {
  readonly slot: SecretSlot;
  /** Null when it is not set. */
  readonly source: SecretSource | null;
}

const events = ['deliveries.changed', 'alert-rules.changed'] as const;
const readSecrets = (connection: Connection) => connection.call('channel.secrets', {});

/** Whether a channel has one of its secrets, and a way to have it kept. What it is never comes back to the window. */
export function SecretFact({ slot, source }: SecretFactProps) {
  const { connection } = useClient();
  const { busy, act } = useAct();
  const { value } = useFresh(readSecrets, events);
  const [typed, setTyped] = useState<string | null>(null);
  const refusal = value?.refusal ?? null;
  const trouble = value?.secrets.find((each) => each.slot === slot)?.trouble ?? null;
  const keep = async (secret: string): Promise<void> => {
    if (await act(() => connection.call('channel.keep-secret', { slot, secret }))) setTyped(null);
  };
  return (
    <>
      {source === null ? (
        <>
          not set{' '}
          <span className="faint">
            (<code className="mono">{secretSlots[slot]}</code> in the environment)
          </span>
        </>
      ) : (
        <>
          <Mark kind="ok" /> set{' '}
          <span className="faint">
            in {source === 'environment' ? 'the environment' : 'the key store of the desktop'}
          </span>
        </>
      )}
      {trouble === null ? null : <span className="crit"> {trouble}</span>}{' '}
      {typed === null ? (
        <>
          <Button
            size="small"
            aria-label={`Set the ${slot}`}
            off={refusal === null ? undefined : `${refusal.message} ${refusal.hint}`}
            onClick={() => setTyped('')}
          >
            Set
          </Button>
          {source === 'store' || trouble !== null ? (
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
            if (typed.trim() !== '' && !busy) void keep(typed);
          }}
        >
          <TextField
            label={capitalised(slot)}
            hint={source === 'environment' ? 'the environment goes before it' : 'kept by the key store of the desktop'}
            fault={undefined}
            value={typed}
            onChange={setTyped}
            isSecret
          />
          <Button
            type="submit"
            size="small"
            look="primary"
            off={busy ? 'It is being kept.' : typed.trim() === '' ? 'Type it first.' : undefined}
          >
            Keep it
          </Button>
          <Button size="small" look="plain" onClick={() => setTyped(null)}>
            Cancel
          </Button>
        </form>
      )}
    </>
  );
}
