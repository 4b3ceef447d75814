import type { Command } from 'commander';
import type { Connection } from '../contract/connection.ts';
import { VigilError } from '../contract/failure.ts';
import { firstDisk } from '../contract/machine.ts';
import type { RunCommand } from './command-run.ts';
import { wholeNumber } from './flag-values.ts';
import { runVerb, type Verb } from './run-verb.ts';

interface DiskFlags {
  readonly size?: number;
  readonly disk?: string;
  readonly repair?: boolean;
}

/** `disk NAME add|grow|check|compact`: the name stands before the verb, as a person speaks of it. And `clone`. */
export function addDiskCommands(program: Command, run: RunCommand): void {
  program
    .command('disk')
    .summary("add, grow, check and compact a machine's disks")
    .description(
      `Work on the disks of a local machine. Sizes are MiB; the first disk is ${firstDisk}, and \`show\` lists them all.

  add NEW --size M           a new, empty disk; a machine that runs has it at once
  grow --size M [--disk D]   make a disk larger; never smaller
  check [--disk D] [--repair]   look for faults in a disk's image (stopped machines); exit code 1 if any are left
  compact [--disk D]         give space back that holds only zeros (stopped machines, no snapshots)`,
    )
    .usage('<name> add|grow|check|compact [options]')
    .argument('<name>', 'name or id of the machine')
    .argument('<verb>', 'add, grow, check or compact')
    .argument('[new]', 'for add: name of the new disk, at most 20 of a-z, 0-9 and -')
    .option('--size <mib>', 'for add and grow: size in MiB', wholeNumber('sizeMib'))
    .option('--disk <disk>', `for grow, check and compact: which disk (${firstDisk})`)
    .option('--repair', 'for check: repair what can be repaired')
    .addHelpText(
      'after',
      '\nExamples:\n  vigil disk demo add data --size 1024\n  vigil disk demo grow --size 40960\n  vigil disk demo check --disk data --repair',
    )
    .action(async (name: string, verb: string, disk: string | undefined, flags: DiskFlags, command: Command) => {
      await run(command, (context) => runVerb([name], diskVerb(verb, disk, flags), context));
    });

  program
    .command('clone')
    .summary('copy a machine')
    .description(
      'Make a machine like another one that is stopped: its disks as they are now, without its snapshots, with an id and an address of its own. Forwarded ports move to free ones, and the answer says to which. --linked copies nothing: both machines then stand on what the disk held until now and store only what changes from there.',
    )
    .argument('<name>', 'name or id of the machine to copy')
    .argument('<new>', 'name of the copy: 1 to 63 of a-z, 0-9 and -')
    .option('--linked', 'share the disk as it is now instead of copying it')
    .addHelpText('after', '\nExample:\n  vigil clone demo demo-2 --linked')
    .action(async (name: string, copy: string, flags: { linked?: boolean }, command: Command) => {
      const linked = flags.linked === true;
      await run(command, (context) =>
        runVerb(
          [name],
          {
            kind: 'clone',
            begin: (connection, machine) => connection.call('machine.clone', { machine, name: copy, linked }),
          },
          context,
        ),
      );
    });
}

/** The verb with its flags. A flag that does not belong to it is refused rather than ignored. */
function diskVerb(verb: string, added: string | undefined, flags: DiskFlags): Verb {
  const { disk, repair, size } = flags;
  const which = disk === undefined ? {} : { disk };
  switch (verb) {
    case 'add': {
      refuse({ '--disk': disk, '--repair': repair }, verb);
      const name = required(added, 'name', 'Name the new disk: vigil disk NAME add NEW --size MIB');
      const sizeMib = required(size, 'sizeMib', 'Give its size: --size MIB');
      return verbOf('disk-add', (connection, machine) => connection.call('disk.add', { machine, name, sizeMib }));
    }
    case 'grow': {
      refuse({ [String(added)]: added, '--repair': repair }, verb);
      const sizeMib = required(size, 'sizeMib', 'Give the new size: --size MIB');
      return verbOf('disk-grow', (connection, machine) => connection.call('disk.grow', { machine, sizeMib, ...which }));
    }
    case 'check': {
      refuse({ [String(added)]: added, '--size': size }, verb);
      const begin: Verb['begin'] = (connection, machine) =>
        connection.call('disk.check', { machine, repair: repair === true, ...which });
      return {
        ...verbOf('disk-check', begin),
        isBad: ({ result }) => (result?.check?.corruptions ?? 0) + (result?.check?.leaks ?? 0) > 0,
      };
    }
    case 'compact':
      refuse({ [String(added)]: added, '--size': size, '--repair': repair }, verb);
      return verbOf('disk-compact', (connection, machine) => connection.call('disk.compact', { machine, ...which }));
    default:
      throw new VigilError('bad-input', `A disk has no verb '${verb.slice(0, 40)}'.`, {
        field: 'verb',
        hint: 'The verbs are add, grow, check and compact.',
      });
  }
}

function verbOf(
  kind: Verb['kind'],
  begin: (connection: Connection, machine: string) => ReturnType<Verb['begin']>,
): Verb {
  return { kind, begin };
}

function required<T>(value: T | undefined, field: string, hint: string): T {
  if (value !== undefined) return value;
  throw new VigilError('bad-input', 'Something is missing.', { field, hint });
}

function refuse(given: Readonly<Record<string, unknown>>, verb: string): void {
  for (const [flag, value] of Object.entries(given)) {
    if (value !== undefined)
      throw new VigilError('bad-input', `${verb} takes no ${flag.slice(0, 40)}.`, { field: 'verb' });
  }
}
