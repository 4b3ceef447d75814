import type { Command } from 'commander';
import { type AlertChannel, alertChannels } from '../contract/alert-rule.ts';
import type { Channel } from '../contract/channel.ts';
import { VigilError } from '../contract/failure.ts';
import type { RunCommand } from './command-run.ts';
import { plainJson, plainText } from './plain-text.ts';
import { addSecretCommands } from './secret-commands.ts';
import { type Cell, type Colour, textTable } from './text-table.ts';

/** `monitor channel`: over which ways alerts are told. */
export function addChannelCommands(monitor: Command, run: RunCommand): void {
  const channel = monitor
    .command('channel')
    .summary('over which channels alerts are told')
    .description('Over which channels alerts are told, and whether they work.');
  channel
    .command('list')
    .summary('show every channel, and what it needs')
    .description('Show every channel, whether it is set up, and what waits on it.')
    .addHelpText('after', '\nExample:\n  vigil monitor channel list')
    .action(async (_flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const channels = await connection.call('channel.list', {});
        const { json, terminal } = context;
        if (json) terminal.out(plainJson(channels));
        else {
          terminal.out(textTable(head, channels.map(rowOf), terminal.hasColour));
          for (const { name, hint, trouble, state } of channels) {
            if (trouble !== null) terminal.err(plainText(`${name}: ${trouble}`));
            if (hint !== null && state === 'not set up') terminal.err(plainText(`${name}: ${hint}`));
          }
        }
        return 0;
      });
    });

  addSecretCommands(channel, run);
  channel
    .command('test')
    .summary('send a message of a test over a channel')
    .description(
      'Send a message of a test over a channel, also over one that is off. The exit code is 1 when it fails.',
    )
    .argument('<name>', `one of ${alertChannels.join(', ')}`, channelNamed)
    .addHelpText('after', '\nExample:\n  vigil monitor channel test slack')
    .action(async (name: AlertChannel, _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const test = await connection.call('channel.test', { channel: name });
        const { json, terminal } = context;
        if (json) terminal.out(plainJson(test));
        else if (test.delivered) terminal.out(plainText(test.summary));
        else terminal.err(plainText(test.summary));
        return test.delivered ? 0 : 1;
      });
    });
}

const head = ['CHANNEL', 'STATE', 'LEADS TO', 'FROM', 'WAITING', 'PARKED'];
const colours: Readonly<Record<Channel['state'], Colour>> = { ready: 'green', 'not set up': 'yellow', off: 'grey' };

function rowOf({ name, state, leadsTo, minSeverity, waiting, parked }: Channel): readonly Cell[] {
  return [
    { text: name },
    { text: state, colour: colours[state] },
    { text: leadsTo ?? '-' },
    { text: minSeverity },
    { text: String(waiting) },
    { text: String(parked), colour: parked > 0 ? 'yellow' : undefined },
  ];
}

function channelNamed(text: string): AlertChannel {
  const name = alertChannels.find((each) => each === text);
  if (name === undefined)
    throw new VigilError('bad-input', `A channel is one of ${alertChannels.join(', ')}.`, { field: 'name' });
  return name;
}
