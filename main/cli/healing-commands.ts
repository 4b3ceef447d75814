import type { Command } from 'commander';
import type { HealingPause } from '../contract/healing.ts';
import type { CliContext } from './cli-context.ts';
import type { RunCommand } from './command-run.ts';
import { seconds } from './flag-values.ts';
import { plainJson, plainText } from './plain-text.ts';
import { printWhy } from './print-why.ts';

/** Why a machine is as it is, and whether machines may be healed. `lifecycle` is there already. */
export function addHealingCommands(program: Command, run: RunCommand): void {
  program
    .command('why')
    .summary('say why a machine is as it is')
    .description(
      'Say why a machine is as it is: what is wanted and seen, what Vigil did about it or did not, and what led there.',
    )
    .argument('<name>', 'name or id')
    .addHelpText('after', '\nExample:\n  vigil why demo')
    .action(async (name: string, _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const why = await connection.call('machine.why', { machine: name });
        const { json, terminal } = context;
        terminal.out(json ? plainJson(why) : printWhy(why, terminal.hasColour));
        return 0;
      });
    });

  const lifecycle = program.commands.find((command) => command.name() === 'lifecycle') ?? program.command('lifecycle');
  lifecycle
    .command('pause')
    .summary('pause healing for every machine')
    .description('Pause healing for every machine: they are checked, but nothing is done about what is found.')
    .option('--for <s>', 'seconds, up to 30 days; without it until `lifecycle resume`', seconds('seconds', 2_592_000))
    .addHelpText('after', '\nExample:\n  vigil lifecycle pause --for 3600')
    .action(async (flags: { readonly for?: number }, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        tellPause(await connection.call('lifecycle.pause', { seconds: flags.for ?? 'until-resumed' }), context);
        return 0;
      });
    });

  lifecycle
    .command('resume')
    .summary('let healing go on after a pause')
    .description('Let healing go on after a pause.')
    .addHelpText('after', '\nExample:\n  vigil lifecycle resume')
    .action(async (_flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        tellPause(await connection.call('lifecycle.resume', {}), context);
        return 0;
      });
    });

  lifecycle
    .command('release')
    .summary('let a machine be restarted again that Vigil gave up on')
    .description('Let a machine be restarted again that was restarted as often as it may be: its count begins anew.')
    .argument('<name>', 'name or id')
    .addHelpText('after', '\nExample:\n  vigil lifecycle release demo')
    .action(async (name: string, _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const status = await connection.call('lifecycle.release', { machine: name });
        const sentence = `'${plainText(status.machine)}' may be restarted again: its count begins anew.`;
        context.terminal.out(context.json ? plainJson(status) : sentence);
        return 0;
      });
    });
}

function tellPause(pause: HealingPause, { json, terminal }: CliContext): void {
  if (json) terminal.out(plainJson(pause));
  else if (!pause.paused) terminal.out('Healing goes on.');
  else
    terminal.out(`Healing is paused ${pause.until === null ? 'until someone lets it go on' : `until ${pause.until}`}.`);
}
