import type { Command } from 'commander';
import { type SecretSlot, secretSlots } from '../contract/channel.ts';
import type { ChannelSecret } from '../contract/channel-secret.ts';
import { VigilError } from '../contract/failure.ts';
import type { RunCommand } from './command-run.ts';
import { plainJson, plainText } from './plain-text.ts';
import { readSecret } from './read-secret.ts';
import { type Cell, textTable } from './text-table.ts';

const named = new Map(
  (Object.keys(secretSlots) as SecretSlot[]).map((slot): [string, SecretSlot] => [slot.replaceAll(' ', '-'), slot]),
);
const names = [...named.keys()].join(', ');

/** `monitor channel secret`: what a channel needs and no file may hold, kept by the key store of the desktop. */
export function addSecretCommands(channel: Command, run: RunCommand): void {
  const secret = channel
    .command('secret')
    .summary('addresses, passwords and keys of channels')
    .description(
      'Addresses, passwords and keys of channels, kept by the key store of this desktop while the app runs.',
    );
  secret
    .command('list')
    .summary('show which are there, and where they come from')
    .description('Show which are there and where they come from; never a secret itself.')
    .addHelpText('after', '\nExample:\n  vigil monitor channel secret list')
    .action(async (_flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const found = await connection.call('channel.secrets', {});
        const { json, terminal } = context;
        if (json) terminal.out(plainJson(found));
        else {
          terminal.out(textTable(['SECRET', 'FROM', 'VARIABLE'], found.secrets.map(rowOf), terminal.hasColour));
          for (const { trouble } of found.secrets) if (trouble !== null) terminal.err(plainText(trouble));
          if (found.refusal !== null) terminal.err(plainText(`${found.refusal.message} ${found.refusal.hint}`));
        }
        return 0;
      });
    });
  secret
    .command('set')
    .summary('have one kept')
    .description('Have one kept. It is typed without being shown, or read from the input; never an argument.')
    .argument('<secret>', `one of ${names}`, slotNamed)
    .addHelpText(
      'after',
      '\nExamples:\n  vigil monitor channel secret set slack-address\n  pass show vigil/smtp | vigil monitor channel secret set mail-password',
    )
    .action(async (slot: SecretSlot, _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        // Before anybody types one that cannot be kept.
        const { refusal } = await connection.call('channel.secrets', {});
        if (refusal !== null) throw new VigilError('refused', refusal.message, { hint: refusal.hint });
        const kept = await connection.call('channel.keep-secret', { slot, secret: await readSecret(context, slot) });
        const { json, terminal } = context;
        if (json) terminal.out(plainJson(kept));
        else {
          terminal.out(`the ${slot} is kept`);
          if (kept.source === 'environment') terminal.err(`${kept.variable} in the environment goes before it.`);
        }
        return 0;
      });
    });
  secret
    .command('forget')
    .summary('remove one from what is kept')
    .description('Remove one from what is kept.')
    .argument('<secret>', `one of ${names}`, slotNamed)
    .addHelpText('after', '\nExample:\n  vigil monitor channel secret forget slack-address')
    .action(async (slot: SecretSlot, _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const left = await connection.call('channel.forget-secret', { slot });
        if (context.json) context.terminal.out(plainJson(left));
        else context.terminal.out(`the ${slot} is forgotten`);
        return 0;
      });
    });
}

function rowOf({ slot, source, trouble, variable }: ChannelSecret): readonly Cell[] {
  const from = source === 'store' ? 'key store' : (source ?? (trouble === null ? '-' : 'cannot be opened'));
  return [{ text: slot.replaceAll(' ', '-') }, { text: from }, { text: variable }];
}

function slotNamed(text: string): SecretSlot {
  const slot = named.get(text);
  if (slot === undefined) throw new VigilError('bad-input', `A secret is one of ${names}.`, { field: 'secret' });
  return slot;
}
