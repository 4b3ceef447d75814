import type { Command } from 'commander';
import type { RunCommand } from './command-run.ts';
import { runVerb } from './run-verb.ts';

/** Verbs that hold a machine and let it go on. */
export function addHoldCommands(program: Command, run: RunCommand): void {
  program
    .command('pause')
    .summary('hold a machine in memory')
    .description('Hold a running machine where it stands: its memory stays, it uses no processor.')
    .argument('<name>', 'name or id')
    .addHelpText('after', '\nExample:\n  vigil pause demo')
    .action(async (name: string, _flags: unknown, command: Command) => {
      await run(command, (context) =>
        runVerb(
          [name],
          { kind: 'pause', begin: (connection, machine) => connection.call('machine.pause', { machine }) },
          context,
        ),
      );
    });

  program
    .command('resume')
    .summary('let a paused or suspended machine go on')
    .description('Let a paused machine go on. A suspended one is started with the memory it had.')
    .argument('<name>', 'name or id')
    .addHelpText('after', '\nExample:\n  vigil resume demo')
    .action(async (name: string, _flags: unknown, command: Command) => {
      await run(command, (context) =>
        runVerb(
          [name],
          { kind: 'resume', begin: (connection, machine) => connection.call('machine.resume', { machine }) },
          context,
        ),
      );
    });

  program
    .command('suspend')
    .summary('save the memory of a machine to disk and end its process')
    .description(
      'Save the memory of a running or paused machine into its disks and end its process. `resume` goes on from there, also after a restart of this computer.',
    )
    .argument('<name>', 'name or id')
    .addHelpText('after', '\nExample:\n  vigil suspend demo')
    .action(async (name: string, _flags: unknown, command: Command) => {
      await run(command, (context) =>
        runVerb(
          [name],
          { kind: 'suspend', begin: (connection, machine) => connection.call('machine.suspend', { machine }) },
          context,
        ),
      );
    });
}
