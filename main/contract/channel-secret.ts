import { z } from 'zod';
import { type SecretSlot, type SecretSource, secretSlots } from './channel.ts';

/** What of the channels' secrets is there; never a secret itself. */
export interface ChannelSecrets {
  /** Why none can be kept by this engine, and what to do; null when they can. */
  readonly refusal: { readonly message: string; readonly hint: string } | null;
  readonly secrets: readonly ChannelSecret[];
}

export interface ChannelSecret {
  readonly slot: SecretSlot;
  /** Of the environment, which goes before what is kept. */
  readonly variable: string;
  readonly source: SecretSource | null;
  /** Why one that is kept is of no use; null when it is, and when none is kept. */
  readonly trouble: string | null;
}

const slots = Object.keys(secretSlots) as [SecretSlot, ...SecretSlot[]];

export const SecretSlotName = z.enum(slots, { error: `A secret is one of: ${slots.join(', ')}.` });

/** One line, as it is; nothing that is said about it repeats it. */
export const SecretText = z
  .string({ error: 'A text.' })
  .min(1, 'It is empty.')
  .max(4096, 'At most 4096 characters.')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .regex(/^[^\x00-\x1f\x7f]*$/, 'One line without control characters.');
