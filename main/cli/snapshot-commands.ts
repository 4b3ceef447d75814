import type { Command } from 'commander';
import type { RunCommand } from './command-run.ts';
import { plainJson } from './plain-text.ts';
import { printSnapshots } from './print-snapshots.ts';
import { runVerb } from './run-verb.ts';

/** Going back in time. */
export function addSnapshotCommands(program: Command, run: RunCommand): void {
  program
    .command('snapshot')
    .summary('take a snapshot of a machine')
    .description('Take a snapshot: of a running machine with its memory, of a stopped one of its disks.')
    .argument('<name>', 'name or id of the machine')
    .argument('<snapshot>', '1 to 63 letters, digits, . _ and -')
    .addHelpText('after', '\nExample:\n  vigil snapshot demo before-upgrade')
    .action(async (name: string, snapshot: string, _flags: unknown, command: Command) => {
      await run(command, (context) =>
        runVerb(
          [name],
          {
            kind: 'snapshot',
            begin: (connection, machine) => connection.call('snapshot.take', { machine, name: snapshot }),
          },
          context,
        ),
      );
    });

  program
    .command('snapshots')
    .summary('list the snapshots of a machine')
    .description('List the snapshots of a machine, as the tree they form; * marks the one it is at.')
    .argument('<name>', 'name or id of the machine')
    .addHelpText('after', '\nExample:\n  vigil snapshots demo --json')
    .action(async (name: string, _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const snapshots = await connection.call('snapshot.list', { machine: name });
        const { terminal } = context;
        if (context.json) terminal.out(plainJson(snapshots));
        else if (snapshots.length === 0) terminal.err('No snapshots. Take one with `vigil snapshot NAME SNAPSHOT`.');
        else terminal.out(printSnapshots(snapshots, terminal.hasColour));
        return 0;
      });
    });

  program
    .command('revert')
    .summary('go back to a snapshot')
    .description(
      'Go back to a snapshot. How the machine is now is kept for 7 days as a snapshot named before-..., also its memory. With the memory of the snapshot the machine runs afterwards, otherwise it is stopped.',
    )
    .argument('<name>', 'name or id of the machine')
    .argument('<snapshot>', 'name of the snapshot')
    .option('--without-memory', 'go back to its disks alone; the machine is stopped afterwards')
    .addHelpText('after', '\nExample:\n  vigil revert demo before-upgrade')
    .action(async (name: string, snapshot: string, flags: { withoutMemory?: boolean }, command: Command) => {
      await run(command, (context) =>
        runVerb(
          [name],
          {
            kind: 'revert',
            begin: (connection, machine) =>
              connection.call('snapshot.revert', { machine, snapshot, memory: flags.withoutMemory !== true }),
          },
          context,
        ),
      );
    });

  program
    .command('snapshot-delete')
    .summary('delete a snapshot')
    .description('Delete one snapshot. The others and the machine stay as they are.')
    .argument('<name>', 'name or id of the machine')
    .argument('<snapshot>', 'name of the snapshot')
    .addHelpText('after', '\nExample:\n  vigil snapshot-delete demo before-upgrade')
    .action(async (name: string, snapshot: string, _flags: unknown, command: Command) => {
      await run(command, (context) =>
        runVerb(
          [name],
          {
            kind: 'snapshot-delete',
            begin: (connection, machine) => connection.call('snapshot.delete', { machine, snapshot }),
          },
          context,
        ),
      );
    });
}
