import { type Command, Option } from 'commander';
import { diskFormats, firmwares, preallocations } from '../contract/machine.ts';
import type { RunCommand } from './command-run.ts';
import { type CreateFlags, createVerb } from './create-verb.ts';
import { collected, forward, wholeNumber } from './flag-values.ts';
import { runVerb } from './run-verb.ts';
import { startInForeground, startVerb } from './start-in-foreground.ts';

/** Verbs that change a machine. Each returns when its end state is reached. */
export function addMachineCommands(program: Command, run: RunCommand): void {
  program
    .command('create')
    .summary('make a machine')
    .description('Make a local machine: its definition, its disk and, with --start, its first run.')
    .argument('<name>', '1 to 63 of a-z, 0-9 and -')
    .option('--cpus <n>', 'virtual CPUs (2)', wholeNumber('cpus'))
    .option('--memory <mib>', 'memory in MiB (2048)', wholeNumber('memoryMib'))
    .option('--disk <mib>', 'size of the disk in MiB (20480)', wholeNumber('diskMib'))
    .option('--disk-path <file>', 'use this image where it lies, and leave it when the machine is deleted')
    .addOption(
      new Option('--disk-format <format>', 'what the image of --disk-path is (found out by itself)').choices(
        diskFormats,
      ),
    )
    .addOption(
      new Option(
        '--preallocation <mode>',
        'off, or metadata: lay out the tables of the disk at once, for ten times the time to make it and more (off)',
      ).choices(preallocations),
    )
    .option('--network <mode>', 'default, nat or bridge; default and nat are a network of its own (default)')
    .option('--bridge <bridge>', 'the bridge of this computer, for --network bridge')
    .option('--mac <address>', 'MAC address of the network card')
    .option('--forward <host:guest>', 'lead a TCP port of this computer to one of the guest; may be repeated', forward)
    .option('--kernel <file>', 'boot this kernel directly')
    .option('--initrd <file>', 'initial RAM disk for --kernel')
    .option('--append <text>', 'command line for --kernel')
    .option('--iso <file>', 'CD image to boot from')
    .addOption(new Option('--firmware <kind>', 'what it boots with: bios, or uefi (bios)').choices(firmwares))
    .option('--qemu-arg <arg>', 'one further argument for QEMU, of a list of harmless ones; may be repeated', collected)
    .option('--from-file <file>', 'begin with the definition in this file (machines/NAME.yaml); flags come on top')
    .option('--start', 'start it once it is made')
    .addHelpText('after', '\nExample:\n  vigil create demo --memory 64 --disk 16 --forward 2222:22 --start')
    .action(async (name: string, flags: CreateFlags, command: Command) => {
      await run(command, (context) => runVerb([name], createVerb(flags), context));
    });

  program
    .command('start')
    .summary('start machines')
    .description('Start one or more machines. All are tried; the exit code is 1 if any did not start.')
    .argument('<name...>', 'names or ids')
    .option('--foreground', 'then stay at its serial console; leaving it (Ctrl-]) leaves the machine running')
    .addHelpText('after', '\nExample:\n  vigil start web db')
    .action(async (names: readonly string[], flags: { foreground?: boolean }, command: Command) => {
      await run(command, (context) =>
        flags.foreground === true ? startInForeground(names, context) : runVerb(names, startVerb, context),
      );
    });

  program
    .command('stop')
    .summary('stop machines')
    .description(
      'Stop one or more machines: guest agent, ACPI, quit, TERM, KILL, each with its time; the answer names the rung that ended it. --timeout sets how long ACPI may take (1 to 300 s).',
    )
    .argument('<name...>', 'names or ids')
    .option('--force', 'begin at quit, without a word to the guest')
    .addHelpText('after', '\nExample:\n  vigil stop demo --timeout 10')
    .action(async (names: readonly string[], flags: { force?: boolean }, command: Command) => {
      await run(command, (context) =>
        runVerb(
          names,
          {
            kind: 'stop',
            ownTimeout: true,
            begin: (connection, machine) =>
              connection.call('machine.stop', { machine, ...ladder(flags.force, context.timeoutSeconds) }),
          },
          context,
        ),
      );
    });

  program
    .command('restart')
    .summary('stop a machine and start it again')
    .description('Stop a machine as `stop` does, then start it. --timeout sets how long ACPI may take (1 to 300 s).')
    .argument('<name>', 'name or id')
    .option('--force', 'begin at quit, without a word to the guest')
    .addHelpText('after', '\nExample:\n  vigil restart demo --force')
    .action(async (name: string, flags: { force?: boolean }, command: Command) => {
      await run(command, (context) =>
        runVerb(
          [name],
          {
            kind: 'restart',
            ownTimeout: true,
            begin: (connection, machine) =>
              connection.call('machine.restart', { machine, ...ladder(flags.force, context.timeoutSeconds) }),
          },
          context,
        ),
      );
    });

  program
    .command('delete')
    .summary('delete a machine')
    .description(
      'Delete a machine. For 7 days it can be brought back with `undelete`. One that runs is refused. With --force it goes at once and for good, with everything it has on this computer.',
    )
    .argument('<name>', 'name or id')
    .option('--force', 'end it if it runs, and remove it for good')
    .addHelpText('after', '\nExample:\n  vigil delete demo')
    .action(async (name: string, flags: { force?: boolean }, command: Command) => {
      await run(command, (context) =>
        runVerb(
          [name],
          {
            kind: 'delete',
            begin: (connection, machine) => connection.call('machine.delete', { machine, force: flags.force === true }),
          },
          context,
        ),
      );
    });

  addUndelete(program, run);
}

function addUndelete(program: Command, run: RunCommand): void {
  program
    .command('undelete')
    .summary('bring a deleted machine back')
    .description('Bring a deleted machine back with everything it had. `vigil list --deleted` shows which can be.')
    .argument('<name>', 'name or id')
    .addHelpText('after', '\nExample:\n  vigil undelete demo')
    .action(async (name: string, _flags: unknown, command: Command) => {
      await run(command, (context) =>
        runVerb(
          [name],
          { kind: 'undelete', begin: (connection, machine) => connection.call('machine.undelete', { machine }) },
          context,
        ),
      );
    });
}

function ladder(force: boolean | undefined, timeoutSeconds: number | undefined) {
  return { force: force === true, ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }) };
}
