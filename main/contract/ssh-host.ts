import { z } from 'zod';
import { MachineName, Port } from './machine.ts';

/** A machine that only answers SSH: nothing can be started or stopped, but it is watched and measured like the others. */

const Address = z
  .string({ error: 'Give an address.' })
  .min(1, 'Give an address.')
  .max(253, 'An address has at most 253 characters.')
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9._:%-]*[A-Za-z0-9.])?$/, 'An address is a host name or an IP address.');

export const SshUser = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_.-]{0,31}\$?$/,
    'A user name is 1 to 32 letters, digits, . _ or -, not beginning with a digit.',
  );

export const KeyFile = z
  .string()
  .min(1, 'Give the path of a key file.')
  .max(4096, 'A path has at most 4096 characters.')
  .regex(
    /^(?:\/|[A-Za-z]:[\\/])[^\p{Cc}]*$/u,
    'Give the whole path of a key file, from the root, without control characters.',
  );

export const SshHostDraft = z.strictObject({
  name: MachineName,
  address: Address,
  port: Port.default(22),
  /** The account that runs Vigil when absent. */
  user: SshUser.optional(),
  /** The agent and the usual keys of the account when absent. */
  keyFile: KeyFile.optional(),
  /** Take the host key that is seen first, and no other afterwards. */
  trustOnFirstUse: z.boolean().default(false),
});
export type SshHostDraft = z.infer<typeof SshHostDraft>;
export type SshHostDraftInput = z.input<typeof SshHostDraft>;
