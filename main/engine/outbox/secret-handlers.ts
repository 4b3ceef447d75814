import type { Handlers } from '../../contract/calls.ts';
import { type SecretSlot, secretSlots } from '../../contract/channel.ts';
import type { ChannelSecret } from '../../contract/channel-secret.ts';
import { VigilError } from '../../contract/failure.ts';
import type { Ledger } from '../journal/ledger.ts';
import type { KeptSecrets } from '../ports/secrets.ts';

export interface SecretHandlerPorts {
  readonly secrets: KeptSecrets;
  readonly ledger: Pick<Ledger, 'record'>;
  /** Channels may be set up now that were not, or no more. */
  changed(): void;
}

type SecretHandlers = Pick<Handlers, 'channel.secrets' | 'channel.keep-secret' | 'channel.forget-secret'>;

/** Has secrets kept and forgotten. A secret comes in by one call and goes out by none. */
export function createSecretHandlers({ secrets, ledger, changed }: SecretHandlerPorts): SecretHandlers {
  const view = (slot: SecretSlot): ChannelSecret => ({
    slot,
    variable: secretSlots[slot],
    source: secrets.source(slot),
    trouble: secrets.trouble(slot),
  });
  const note = (summary: string, slot: SecretSlot): void => {
    ledger.record([], { action: 'settings.changed', actor: 'user', summary, details: { secret: slot } });
    changed();
  };
  return {
    'channel.secrets': async () => ({
      refusal: await secrets.refusal(),
      secrets: (Object.keys(secretSlots) as SecretSlot[]).map(view),
    }),
    'channel.keep-secret': async ({ slot, secret }, { user }) => {
      const text = secret.trim();
      if (text === '') throw new VigilError('bad-input', 'It is empty.', { field: 'secret' });
      refuseNonsense(slot, text);
      await secrets.keep(slot, text);
      note(`${user} had the ${slot} kept in the key store.`, slot);
      return view(slot);
    },
    'channel.forget-secret': async ({ slot }, { user }) => {
      if (!(await secrets.forget(slot)))
        throw new VigilError('not-found', `No ${slot} is kept.`, {
          field: 'slot',
          ...(secrets.source(slot) === 'environment'
            ? { hint: `${secretSlots[slot]} in the environment gives it.` }
            : {}),
        });
      note(`${user} had the ${slot} forgotten.`, slot);
      return view(slot);
    },
  };
}

/** What cannot be meant, in words that repeat nothing of it. */
function refuseNonsense(slot: SecretSlot, text: string): void {
  const refuse = (message: string): never => {
    throw new VigilError('bad-input', message, { field: 'secret' });
  };
  if (slot.endsWith(' address') && !/^https?:\/\/[^\s/]+/.test(text)) refuse('An address begins with https://.');
  if (slot === 'application insights connection' && !/(^|;)\s*InstrumentationKey=/i.test(text))
    refuse('A connection string holds InstrumentationKey=.');
}
