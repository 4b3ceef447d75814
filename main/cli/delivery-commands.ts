import type { Command } from 'commander';
import { type Delivery, type DeliveryState, deliveryStates } from '../contract/delivery.ts';
import { VigilError } from '../contract/failure.ts';
import type { RunCommand } from './command-run.ts';
import { wholeNumber } from './flag-values.ts';
import { plainJson, plainText } from './plain-text.ts';
import { type Cell, type Colour, textTable } from './text-table.ts';

interface ListFlags {
  readonly state?: DeliveryState;
  readonly limit?: number;
}

/** `monitor delivery`: messages about alerts on their way, and what became of them. */
export function addDeliveryCommands(monitor: Command, run: RunCommand): void {
  const delivery = monitor
    .command('delivery')
    .summary('messages about alerts: sent, waiting or stuck')
    .description('Messages about alerts: what was sent, waits, or did not get through.');
  delivery
    .command('list')
    .summary('show the newest messages and how they fared')
    .description('Show the newest messages and how they went.')
    .option('--state <state>', `only those that are ${deliveryStates.join(', ')}`, stateNamed)
    .option('--limit <n>', 'how many (50)', wholeNumber('limit'))
    .addHelpText('after', '\nExample:\n  vigil monitor delivery list --state parked')
    .action(async (flags: ListFlags, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const found = await connection.call('delivery.list', flags);
        const { json, terminal } = context;
        if (json) terminal.out(plainJson(found));
        else if (found.length === 0) terminal.err('There is no such message.');
        else terminal.out(textTable(head, found.map(rowOf), terminal.hasColour));
        return 0;
      });
    });

  delivery
    .command('resend')
    .summary('have a parked message sent again')
    .description('Have a parked message sent again.')
    .argument('<id>', 'its id, or the first 8 or more characters of it')
    .addHelpText('after', '\nExample:\n  vigil monitor delivery resend 5e2a7c1e')
    .action(async (id: string, _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const again = await connection.call('delivery.resend', { delivery: id });
        const { json, terminal } = context;
        if (json) terminal.out(plainJson(again));
        else terminal.out(plainText(`The message is sent again over ${again.channel}.`));
        return 0;
      });
    });
}

const head = ['ID', 'AT', 'CHANNEL', 'STATE', 'TRIES', 'WHAT', 'REASON'];
const colours: Readonly<Partial<Record<DeliveryState, Colour>>> = { delivered: 'green', parked: 'yellow' };

function rowOf({ id, at, channel, state, attempts, title, reason }: Delivery): readonly Cell[] {
  return [
    { text: id.slice(0, 8) },
    { text: at },
    { text: channel },
    { text: state, colour: colours[state] },
    { text: String(attempts) },
    { text: title },
    { text: reason ?? '' },
  ];
}

function stateNamed(text: string): DeliveryState {
  const state = deliveryStates.find((each) => each === text);
  if (state === undefined)
    throw new VigilError('bad-input', `A state is one of ${deliveryStates.join(', ')}.`, { field: 'state' });
  return state;
}
