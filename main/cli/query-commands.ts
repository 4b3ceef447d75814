import type { Command } from 'commander';
import type { CallInput } from '../contract/calls.ts';
import type { Connection } from '../contract/connection.ts';
import { VigilError } from '../contract/failure.ts';
import { type Machine, machineProviders, machineStates } from '../contract/machine.ts';
import type { CliContext } from './cli-context.ts';
import type { RunCommand } from './command-run.ts';
import { wholeNumber } from './flag-values.ts';
import { plainJson, plainText } from './plain-text.ts';
import { printHistory } from './print-history.ts';
import { printMachine, printMachineStatus } from './print-machine.ts';
import { printBin, printMachines } from './print-machines.ts';
import { printWatch } from './print-watch.ts';

interface ListFlags {
  readonly filter?: string;
  readonly provider?: string;
  readonly tag?: string;
  readonly group?: string;
  readonly deleted?: boolean;
}

interface HistoryFlags {
  readonly vm?: string;
  readonly limit?: number;
  readonly verify?: boolean;
}

/** Commands that only look. */
export function addQueryCommands(program: Command, run: RunCommand): void {
  program
    .command('list')
    .summary('list machines')
    .description('List machines of every provider.')
    .option('--filter <state>', `only those in this state: ${machineStates.join(', ')}`)
    .option('--provider <provider>', `only those of this provider: ${machineProviders.join(', ')}`)
    .option('--tag <tag>', 'only those with this tag')
    .option('--group <group>', 'only those of this group')
    .option('--deleted', 'those that were deleted and can still be brought back instead')
    .addHelpText('after', '\nExample:\n  vigil list --filter running --json')
    .action(async (flags: ListFlags, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const { terminal } = context;
        if (flags.deleted === true) {
          tellBin(await binOf(connection, flags), context);
          return 0;
        }
        const machines = await connection.call('machine.list', listInput(flags));
        if (context.json) terminal.out(plainJson(machines));
        else if (machines.length === 0) terminal.err('No machines. Make one with `vigil create NAME`.');
        else terminal.out(printMachines(machines, terminal.hasColour));
        return 0;
      });
    });

  program
    .command('show')
    .summary('show everything about a machine')
    .description('Show everything about one machine: what it is made of, how it is, where its files are.')
    .argument('<name>', 'name or id')
    .addHelpText('after', '\nExample:\n  vigil show demo')
    .action(async (name: string, _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const found = await connection.call('machine.get', { machine: name });
        const { machine, ...detail } = found;
        const { terminal } = context;
        terminal.out(context.json ? plainJson({ ...machine, ...detail }) : printMachine(found, terminal.hasColour));
        return 0;
      });
    });

  program
    .command('status')
    .summary('show how a machine, or all of them, are now')
    .description('Show how one machine is now; without a name, all of them.')
    .argument('[name]', 'name or id')
    .addHelpText('after', '\nExample:\n  vigil status demo --json')
    .action(async (name: string | undefined, _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const { terminal } = context;
        if (name === undefined) {
          const machines = await connection.call('machine.list', {});
          terminal.out(context.json ? plainJson(machines) : printMachines(machines, terminal.hasColour));
          return 0;
        }
        const detail = await connection.call('machine.get', { machine: name });
        const [lifecycle] = await connection.call('lifecycle.status', { machine: name });
        if (context.json) terminal.out(plainJson({ ...detail.machine, lifecycle: lifecycle ?? null }));
        else {
          terminal.out(printMachineStatus(detail, terminal.hasColour));
          if (lifecycle !== undefined) terminal.out(`\n${printWatch(lifecycle, terminal.hasColour)}`);
        }
        return 0;
      });
    });

  program
    .command('history')
    .summary('show what happened, newest first')
    .description('Show what was done to machines, by whom and when; newest first.')
    .option('--vm <name>', 'only this machine')
    .option('--limit <n>', 'at most this many entries, 1 to 1000 (10)', wholeNumber('limit'))
    .option('--verify', 'tell whether the journal is as it was written instead; exit code 1 when it is not')
    .addHelpText('after', '\nExample:\n  vigil history --vm demo --limit 20')
    .action(async (flags: HistoryFlags, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        if (flags.verify === true) return tellVerification(connection, flags, context);
        const entries = await connection.call('journal.list', {
          ...(flags.vm === undefined ? {} : { machine: flags.vm }),
          ...(flags.limit === undefined ? {} : { limit: flags.limit }),
        });
        const { terminal } = context;
        terminal.out(context.json ? plainJson(entries) : printHistory(entries, terminal.hasColour));
        return 0;
      });
    });
}

async function tellVerification(
  connection: Connection,
  flags: HistoryFlags,
  { json, terminal }: CliContext,
): Promise<number> {
  if (flags.vm !== undefined || flags.limit !== undefined)
    throw new VigilError('bad-input', '--verify stands alone: the journal is sealed as a whole.', { field: 'verify' });
  const found = await connection.call('journal.verify', {});
  terminal.out(json ? plainJson(found) : plainText(found.summary));
  return found.brokenAt === null ? 0 : 1;
}

async function binOf(connection: Connection, flags: ListFlags): Promise<readonly Machine[]> {
  if (
    flags.filter !== undefined ||
    flags.provider !== undefined ||
    flags.tag !== undefined ||
    flags.group !== undefined
  )
    throw new VigilError('bad-input', '--deleted stands alone.', { field: 'deleted' });
  return connection.call('machine.bin', {});
}

function tellBin(machines: readonly Machine[], { json, terminal }: CliContext): void {
  if (json) terminal.out(plainJson(machines));
  else if (machines.length === 0) terminal.err('No deleted machine can be brought back.');
  else terminal.out(printBin(machines, terminal.hasColour));
}

/** States are accepted in capitals too, as other tools write them. */
function listInput(flags: ListFlags): CallInput<'machine.list'> {
  return {
    ...(flags.filter === undefined ? {} : { state: oneOf('state', machineStates, flags.filter.toLowerCase()) }),
    ...(flags.provider === undefined ? {} : { provider: oneOf('provider', machineProviders, flags.provider) }),
    ...(flags.tag === undefined ? {} : { tag: flags.tag }),
    ...(flags.group === undefined ? {} : { group: flags.group }),
  };
}

function oneOf<T extends string>(field: string, allowed: readonly T[], value: string): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw new VigilError('bad-input', `A ${field} is one of ${allowed.join(', ')}.`, { field });
}
