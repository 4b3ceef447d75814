import { Argument, type Command } from 'commander';
import type { RunCommand } from './command-run.ts';
import { forwardWish } from './flag-values.ts';
import { runVerb } from './run-verb.ts';

/** `forward`: ports of this computer that lead to a guest. `show` lists them. */
export function addForwardCommand(program: Command, run: RunCommand): void {
  program
    .command('forward')
    .summary('lead a port of this computer to a machine, or no longer')
    .description(
      'Lead a TCP port of this computer (on 127.0.0.1) to one of the guest, or take that back; at once, also while the machine runs. With auto (or 0) for HOST a free port is chosen and told.',
    )
    .argument('<name>', 'name or id')
    .addArgument(new Argument('<action>', 'add or remove').choices(['add', 'remove']))
    .argument('<host:guest>', 'for example 2222:22, or auto:22', forwardWish)
    .addHelpText('after', '\nExample:\n  vigil forward demo add auto:22')
    .action(
      async (
        name: string,
        action: 'add' | 'remove',
        ports: ReturnType<typeof forwardWish>,
        _flags: unknown,
        command: Command,
      ) => {
        await run(command, (context) =>
          runVerb(
            [name],
            {
              kind: 'edit',
              begin: (connection, machine) => connection.call(`forward.${action}`, { machine, ...ports }),
            },
            context,
          ),
        );
      },
    );
}
