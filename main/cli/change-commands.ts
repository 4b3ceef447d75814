import { Argument, type Command } from 'commander';
import type { CallInput } from '../contract/calls.ts';
import type { Machine } from '../contract/machine.ts';
import type { CliContext } from './cli-context.ts';
import type { RunCommand } from './command-run.ts';
import { wholeNumber } from './flag-values.ts';
import { plainJson, plainText } from './plain-text.ts';
import { runVerb } from './run-verb.ts';

interface EditFlags {
  readonly cpus?: number;
  readonly memory?: number;
  readonly disk?: number;
}

/** Verbs that change what is written of a machine. */
export function addChangeCommands(program: Command, run: RunCommand): void {
  program
    .command('edit')
    .summary('change what a machine is made of')
    .description(
      'Change CPUs, memory or disk of a machine; a disk only grows. A running machine takes it at its next start. Everything else stands in its definition, machines/NAME.yaml.',
    )
    .argument('<name>', 'name or id')
    .option('--cpus <n>', 'virtual CPUs', wholeNumber('change.cpus'))
    .option('--memory <mib>', 'memory in MiB', wholeNumber('change.memoryMib'))
    .option('--disk <mib>', 'size of the disk in MiB', wholeNumber('change.diskMib'))
    .addHelpText('after', '\nExample:\n  vigil edit demo --cpus 4 --memory 4096')
    .action(async (name: string, flags: EditFlags, command: Command) => {
      await run(command, (context) =>
        runVerb(
          [name],
          {
            kind: 'edit',
            begin: (connection, machine) => connection.call('machine.edit', { machine, change: changeOf(flags) }),
          },
          context,
        ),
      );
    });

  program
    .command('rename')
    .summary('give a machine another name')
    .description('Give a machine another name; its id, its files and its history stay. It may run meanwhile.')
    .argument('<name>', 'name or id')
    .argument('<new>', '1 to 63 of a-z, 0-9 and -')
    .addHelpText('after', '\nExample:\n  vigil rename demo shop')
    .action(async (name: string, next: string, _flags: unknown, command: Command) => {
      await run(command, (context) =>
        runVerb(
          [name],
          {
            kind: 'rename',
            begin: (connection, machine) => connection.call('machine.rename', { machine, name: next }),
          },
          context,
        ),
      );
    });

  program
    .command('tag')
    .summary('give a machine a tag, or take it away')
    .description('Give a machine a tag, or take it away. It holds at once.')
    .argument('<name>', 'name or id')
    .addArgument(new Argument('<action>', 'add or remove').choices(['add', 'remove']))
    .argument('<tag>', '1 to 32 letters, digits, + . _ or -')
    .addHelpText('after', '\nExample:\n  vigil tag demo add web')
    .action(async (name: string, action: 'add' | 'remove', tag: string, _flags: unknown, command: Command) => {
      await run(command, (context) =>
        runVerb(
          [name],
          { kind: 'edit', begin: (connection, machine) => connection.call('machine.tag', { machine, action, tag }) },
          context,
        ),
      );
    });

  for (const [verb, isProtected, summary] of [
    ['protect', true, 'keep a machine from being deleted'],
    ['unprotect', false, 'let a protected machine be deleted again'],
  ] as const) {
    program
      .command(verb)
      .summary(summary)
      .description(
        isProtected
          ? 'Keep a machine from being deleted, with --force too, until it is unprotected.'
          : 'Let a protected machine be deleted again.',
      )
      .argument('<name>', 'name or id')
      .addHelpText('after', `\nExample:\n  vigil ${verb} demo`)
      .action(async (name: string, _flags: unknown, command: Command) => {
        await run(command, async (context) => {
          const connection = await context.engine();
          tell(await connection.call('machine.protect', { machine: name, protected: isProtected }), context);
          return 0;
        });
      });
  }
}

function changeOf({ cpus, memory, disk }: EditFlags): CallInput<'machine.edit'>['change'] {
  return {
    ...(cpus === undefined ? {} : { cpus }),
    ...(memory === undefined ? {} : { memoryMib: memory }),
    ...(disk === undefined ? {} : { diskMib: disk }),
  };
}

function tell(machine: Machine, { json, terminal }: CliContext): void {
  const sentence = `Machine '${plainText(machine.name)}' ${machine.protected ? 'protected' : 'no longer protected'}`;
  terminal.out(json ? plainJson(machine) : sentence);
}
