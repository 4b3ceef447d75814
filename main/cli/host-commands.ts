import type { Command } from 'commander';
import type { RunCommand } from './command-run.ts';
import { wholeNumber } from './flag-values.ts';
import { absolutePath } from './own-path.ts';
import { plainJson } from './plain-text.ts';

interface AddFlags {
  readonly address: string;
  readonly user?: string;
  readonly port?: number;
  readonly key?: string;
  readonly trustOnFirstUse?: boolean;
}

/** `host`: machines that only answer SSH. */
export function addHostCommands(program: Command, run: RunCommand): void {
  const host = program
    .command('host')
    .summary('machines that only answer SSH')
    .description('Machines that only answer SSH: watched and measured like the others, never started or stopped.');

  host
    .command('add')
    .summary('take a host into the fleet')
    .description('Take a host into the fleet. It is watched from then on.')
    .argument('<name>', 'its name in the fleet')
    .requiredOption('--address <h>', 'host name or IP address')
    .option('--user <u>', 'log in as (your own account)')
    .option('--port <p>', 'SSH port (22)', wholeNumber('port'))
    .option('--key <f>', 'private key file (agent and usual keys)')
    .option('--trust-on-first-use', 'take the host key that is seen first, and no other afterwards')
    .addHelpText('after', '\nExample:\n  vigil host add lab-pi --address 192.0.2.7 --user pi')
    .action(async (name: string, flags: AddFlags, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const added = await connection.call('host.add', {
          name,
          address: flags.address,
          ...(flags.user === undefined ? {} : { user: flags.user }),
          ...(flags.port === undefined ? {} : { port: flags.port }),
          ...(flags.key === undefined ? {} : { keyFile: absolutePath(flags.key) }),
          trustOnFirstUse: flags.trustOnFirstUse === true,
        });
        if (context.json) context.terminal.out(plainJson(added));
        else context.terminal.out(`Host '${added.name}' added`);
        return 0;
      });
    });

  host
    .command('remove')
    .summary('take a host out of the fleet')
    .description('Take a host out of the fleet. The host itself is not touched.')
    .argument('<name>', 'name or id')
    .addHelpText('after', '\nExample:\n  vigil host remove lab-pi')
    .action(async (name: string, _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const { machine } = await connection.call('machine.get', { machine: name });
        await connection.call('host.remove', { machine: name });
        if (context.json) context.terminal.out(plainJson(machine));
        else context.terminal.out(`Host '${machine.name}' removed`);
        return 0;
      });
    });
}
