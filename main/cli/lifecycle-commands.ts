import { type Command, Option } from 'commander';
import type { CallInput } from '../contract/calls.ts';
import { type RestartPolicy, restartPolicies } from '../contract/healing.ts';
import type { WatchStatus } from '../contract/lifecycle.ts';
import { addCheckScriptCommand } from './check-script-command.ts';
import type { CliContext } from './cli-context.ts';
import type { GlobalOptions, RunCommand } from './command-run.ts';
import { addDaemonCommands } from './daemon-commands.ts';
import { collected, seconds, wholeNumber } from './flag-values.ts';
import { addHookCommand } from './hook-command.ts';
import { absolutePath } from './own-path.ts';
import { plainJson } from './plain-text.ts';
import { printWatch, printWatches } from './print-watch.ts';

interface EnableFlags {
  readonly interval?: number;
  readonly restartPolicy?: RestartPolicy;
  readonly dryRun?: boolean;
  readonly service?: readonly string[];
  readonly sshThreshold?: number;
  readonly startAllowance?: number;
  readonly sshHost?: string;
  readonly sshPort?: number;
  readonly sshUser?: string;
  readonly sshKey?: string;
  readonly trustOnFirstUse?: boolean;
}

/** `lifecycle`: which machines are watched and how that goes, and the engine that does it. */
export function addLifecycleCommands(program: Command, run: RunCommand): void {
  const lifecycle = program
    .command('lifecycle')
    .summary('watch machines; the engine that does it')
    .description('Watching over machines, and the engine that does it.');

  lifecycle
    .command('enable')
    .summary('watch a machine')
    .description(
      'Watch a machine: check from time to time whether SSH answers and its units run, and say what may be done when they do not. Flags that are left out keep what is set.',
    )
    .argument('<name>', 'name or id')
    .option('--interval <s>', 'seconds between two checks, 5 to 3600 (60)', seconds('watch.check_interval_seconds'))
    .addOption(new Option('--restart-policy <p>', 'what may be done when it fails (never)').choices(restartPolicies))
    .option('--dry-run', 'decide and write down, but do nothing; --no-dry-run to act again')
    .addOption(new Option('--no-dry-run').hideHelp())
    .option('--service <unit>', 'a systemd unit that must run on it; give it once for each', collected)
    .option(
      '--ssh-threshold <n>',
      'failed checks in a row until it is unhealthy (3)',
      wholeNumber('watch.ssh_failure_threshold'),
    )
    .option('--start-allowance <s>', 'seconds after a start in which no failure counts (120)', allowance)
    .option('--ssh-host <h>', 'where SSH answers (127.0.0.1, through the forward to port 22)')
    .option('--ssh-port <p>', 'its port', wholeNumber('watch.ssh_port'))
    .option('--ssh-user <u>', 'log in as (your own account)')
    .option('--ssh-key <f>', 'private key file (agent and usual keys)')
    .option('--trust-on-first-use', 'take the host key that is seen first, and no other afterwards')
    .addHelpText(
      'after',
      '\n--timeout S is the limit of one check, 1 to 300 (30).\n\nExample:\n  vigil lifecycle enable demo --interval 30 --ssh-user root\n  vigil lifecycle enable web --restart-policy on-failure --service nginx.service',
    )
    .action(async (name: string, flags: EnableFlags, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine({ ownTimeout: true });
        const { timeout } = command.optsWithGlobals<GlobalOptions>();
        tell(await connection.call('lifecycle.enable', { machine: name, watch: watchInput(flags, timeout) }), context);
        return 0;
      });
    });

  lifecycle
    .command('disable')
    .summary('watch a machine no longer')
    .description('Watch a machine no longer. How it was watched is kept for the next time.')
    .argument('<name>', 'name or id')
    .addHelpText('after', '\nExample:\n  vigil lifecycle disable demo')
    .action(async (name: string, _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        tell(await connection.call('lifecycle.disable', { machine: name }), context);
        return 0;
      });
    });

  lifecycle
    .command('status')
    .summary('show how machines are watched')
    .description('Show how one machine is watched; without a name, every machine under watch.')
    .argument('[name]', 'name or id')
    .addHelpText('after', '\nExample:\n  vigil lifecycle status --json')
    .action(async (name: string | undefined, _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const found = await connection.call('lifecycle.status', name === undefined ? {} : { machine: name });
        const { json, terminal } = context;
        const [only] = found;
        if (json) terminal.out(plainJson(name === undefined ? found : only));
        else if (only === undefined)
          terminal.err('No machine is watched. Watch one with `vigil lifecycle enable NAME`.');
        else
          terminal.out(
            name === undefined ? printWatches(found, terminal.hasColour) : printWatch(only, terminal.hasColour),
          );
        return 0;
      });
    });

  addHookCommand(lifecycle, run);
  addCheckScriptCommand(lifecycle, run);
  addDaemonCommands(lifecycle, run);
}

function watchInput(
  flags: EnableFlags,
  timeout: number | undefined,
): NonNullable<CallInput<'lifecycle.enable'>['watch']> {
  return {
    ...(flags.interval === undefined ? {} : { check_interval_seconds: flags.interval }),
    ...(flags.restartPolicy === undefined ? {} : { restart_policy: flags.restartPolicy }),
    ...(flags.dryRun === undefined ? {} : { dry_run: flags.dryRun }),
    ...(flags.service === undefined ? {} : { services: [...flags.service] }),
    ...(timeout === undefined ? {} : { health_check_timeout: timeout }),
    ...(flags.sshThreshold === undefined ? {} : { ssh_failure_threshold: flags.sshThreshold }),
    ...(flags.startAllowance === undefined ? {} : { start_allowance_seconds: flags.startAllowance }),
    ...(flags.sshHost === undefined ? {} : { ssh_host: flags.sshHost }),
    ...(flags.sshPort === undefined ? {} : { ssh_port: flags.sshPort }),
    ...(flags.sshUser === undefined ? {} : { ssh_user: flags.sshUser }),
    ...(flags.sshKey === undefined ? {} : { ssh_key: absolutePath(flags.sshKey) }),
    ...(flags.trustOnFirstUse === undefined ? {} : { ssh_trust_on_first_use: flags.trustOnFirstUse }),
  };
}

/** Unlike other durations it may be 0. */
function allowance(text: string): number {
  return text === '0' ? 0 : seconds('watch.start_allowance_seconds')(text);
}

function tell(status: WatchStatus, { json, terminal }: CliContext): void {
  terminal.out(json ? plainJson(status) : printWatch(status, terminal.hasColour));
}
