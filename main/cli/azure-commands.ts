import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { type AzureSignInPrompt, type AzureStatus, azureClouds } from '../contract/azure.ts';
import type { CallInput } from '../contract/calls.ts';
import type { Connection } from '../contract/connection.ts';
import { VigilError } from '../contract/failure.ts';
import { addAzureScheduleCommands } from './azure-schedule-commands.ts';
import type { CliContext } from './cli-context.ts';
import type { RunCommand } from './command-run.ts';
import { plainJson, plainText } from './plain-text.ts';
import { printAzureStatus, printSubscriptions } from './print-azure.ts';
import { runVerb } from './run-verb.ts';

interface LoginFlags {
  readonly deviceCode?: boolean;
  readonly azureCli?: boolean;
  readonly giveUp?: boolean;
  readonly tenant?: string;
  readonly cloud?: CallInput<'azure.sign-in'>['cloud'];
}

interface ChoiceFlags {
  readonly choose?: readonly string[];
  readonly all?: boolean;
  readonly resourceGroup?: readonly string[];
}

/** `azure`: the sign-in, what belongs to the fleet, and the verbs that machines of Azure alone have. */
export function addAzureCommands(program: Command, run: RunCommand): void {
  const azure = program
    .command('azure')
    .summary('sign in to Azure, choose its machines, act on them')
    .description('Virtual machines of Azure: sign in, choose, and act on them.');

  azure
    .command('login')
    .summary('sign in to Azure')
    .description(
      'Sign in to Azure in your browser, by a code on another device, or with an Azure CLI that is signed in. The first two need an app registration of yours: [azure] client_id in settings.toml.',
    )
    .option('--device-code', 'by a code that is typed on another device')
    .option('--azure-cli', 'with the tokens of the Azure CLI of this account')
    .option('--give-up', 'give up the sign-in that is under way, wherever it was begun')
    .option('--tenant <tenant>', 'the tenant to sign in to, by its id or domain')
    .addOption(new Option('--cloud <cloud>', 'the cloud of Azure').choices([...azureClouds]))
    .addHelpText('after', '\nExamples:\n  vigil azure login\n  vigil azure login --azure-cli')
    .action(async (flags: LoginFlags, command: Command) => {
      if (flags.deviceCode === true && flags.azureCli === true) {
        throw new VigilError('bad-input', 'Give --device-code or --azure-cli, not both.', { field: 'way' });
      }
      await run(command, (context) => (flags.giveUp === true ? giveUpAny(context) : login(flags, context)));
    });

  azure
    .command('logout')
    .summary('sign out of Azure')
    .description('Forget the sign-in. The machines of Azure leave the list; nothing is done to them.')
    .addHelpText('after', '\nExample:\n  vigil azure logout')
    .action(async (_flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        return tell(await connection.call('azure.sign-out', {}), context, 'Signed out of Azure');
      });
    });

  azure
    .command('status')
    .summary('show who is signed in, and how reading goes')
    .description('Show who is signed in to Azure and how reading it goes. Ends with 1 while a sign-in is needed.')
    .addHelpText('after', '\nExample:\n  vigil azure status')
    .action(async (_flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const status = await connection.call('azure.status', {});
        if (context.json) context.terminal.out(plainJson(status));
        else context.terminal.out(printAzureStatus(status));
        return status.state === 'sign-in-needed' ? 1 : 0;
      });
    });

  azure
    .command('subscriptions')
    .summary('list subscriptions, or choose whose machines belong to the fleet')
    .description(
      'List the subscriptions of the account. With --choose only the named ones belong to the fleet, with --all every one. A resource group narrows them further.',
    )
    .option('--choose <id...>', 'ids of the subscriptions whose machines belong to the fleet')
    .option('--all', 'every subscription of the account')
    .option('--resource-group <name...>', 'only machines of these resource groups')
    .addHelpText(
      'after',
      '\nExample:\n  vigil azure subscriptions --choose 11111111-2222-3333-4444-555555555555 --resource-group shop',
    )
    .action(async (flags: ChoiceFlags, command: Command) => {
      if (flags.choose !== undefined && flags.all === true) {
        throw new VigilError('bad-input', 'Give --choose or --all, not both.', { field: 'subscriptions' });
      }
      await run(command, (context) => choose(flags, context));
    });

  const verb = (name: 'deallocate' | 'redeploy', summary: string, description: string): void => {
    azure
      .command(name)
      .summary(summary)
      .description(description)
      .argument('<name>', 'name, group/name or id')
      .addHelpText('after', `\nExample:\n  vigil azure ${name} web`)
      .action(async (machine: string, _flags: unknown, command: Command) => {
        await run(command, (context) =>
          runVerb(
            [machine],
            { kind: name, begin: (connection, named) => connection.call(`azure.${name}`, { machine: named }) },
            context,
          ),
        );
      });
  };
  verb(
    'deallocate',
    'switch a machine off and stop paying for it',
    'Switch a machine off and give its host back: only its disks are paid for then. A dynamic public address and the temporary disk are lost.',
  );
  verb(
    'redeploy',
    'move a machine to another host of Azure',
    'Move a machine to another host of Azure; it restarts there.',
  );

  azure
    .command('resize')
    .summary('give a machine another size')
    .description('Give a machine another size; one that runs restarts.')
    .argument('<name>', 'name, group/name or id')
    .requiredOption('--size <size>', 'like Standard_D2s_v5')
    .addHelpText('after', '\nExample:\n  vigil azure resize web --size Standard_D2s_v5')
    .action(async (machine: string, { size }: { readonly size: string }, command: Command) => {
      await run(command, (context) =>
        runVerb(
          [machine],
          { kind: 'resize', begin: (connection, named) => connection.call('azure.resize', { machine: named, size }) },
          context,
        ),
      );
    });

  azure
    .command('run-command')
    .summary('run a script inside a machine, by the agent of Azure')
    .description(
      'Run a script inside a machine by the agent of Azure, without SSH. One at a time in each machine; it cannot be ended once it runs, and Azure keeps the last 4096 bytes that it prints.',
    )
    .argument('<name>', 'name, group/name or id')
    .option('--script <text>', 'what to run')
    .option('--file <path>', 'a file with what to run')
    .addHelpText('after', '\nExample:\n  vigil azure run-command web --script "df -P"')
    .action(async (machine: string, flags: { readonly script?: string; readonly file?: string }, command: Command) => {
      const script = await scriptOf(flags);
      await run(command, (context) => runScript(machine, script, context));
    });

  azure
    .command('boot-log')
    .summary('show the end of what a machine wrote to its console')
    .description(
      'Show the end of what a machine wrote to its console, at most 64 KiB, also of one that does not answer. Boot diagnostics have to be on.',
    )
    .argument('<name>', 'name, group/name or id')
    .addHelpText('after', '\nExample:\n  vigil azure boot-log web')
    .action(async (machine: string, _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const log = await connection.call('azure.boot-log', { machine });
        context.terminal.out(context.json ? plainJson(log) : log.text.split(/\r?\n/).map(plainText).join('\n'));
        return 0;
      });
    });

  addAzureScheduleCommands(azure, run);
}

async function login({ deviceCode, azureCli, tenant, cloud }: LoginFlags, context: CliContext): Promise<number> {
  const connection = await context.engine();
  const prompt = await connection.call('azure.sign-in', {
    way: azureCli === true ? 'cli' : deviceCode === true ? 'device-code' : 'browser',
    ...(tenant === undefined ? {} : { tenant }),
    ...(cloud === undefined ? {} : { cloud }),
  });
  showPrompt(prompt, context);
  const undo = context.onInterrupt(() => giveUp(connection, prompt));
  try {
    const status = await connection.call('azure.sign-in-wait', { id: prompt.id });
    const machines = status.subscriptions.reduce((sum, each) => sum + each.machines, 0);
    return tell(
      status,
      context,
      `Signed in to Azure as ${status.account ?? 'nobody'}; ${machines} machines in the fleet`,
    );
  } finally {
    undo();
  }
}

/** Whoever waits for it is told; what was signed in before still is. */
async function giveUpAny(context: CliContext): Promise<number> {
  const connection = await context.engine();
  await connection.call('azure.sign-in-cancel', {});
  return tell(await connection.call('azure.status', {}), context, 'The sign-in was given up');
}

function giveUp(connection: Connection, { id }: AzureSignInPrompt): void {
  // The wait tells how it ended.
  connection.call('azure.sign-in-cancel', { id }).catch(() => undefined);
}

function showPrompt({ address, code }: AzureSignInPrompt, { terminal }: CliContext): void {
  if (address === null) return;
  if (code === null)
    terminal.err(`Sign in on the page that opens in your browser, or open it yourself:\n${plainText(address)}`);
  else terminal.err(`Open ${plainText(address)} on any device and type the code ${plainText(code)}`);
}

async function choose({ choose: chosen, all, resourceGroup }: ChoiceFlags, context: CliContext): Promise<number> {
  const connection = await context.engine();
  const isChoice = chosen !== undefined || all === true || resourceGroup !== undefined;
  const before = await connection.call('azure.status', {});
  const status = isChoice
    ? await connection.call('azure.choose', {
        subscriptions: [
          ...(chosen ?? (all === true ? [] : before.subscriptions.filter((each) => each.chosen).map(({ id }) => id))),
        ],
        ...(resourceGroup === undefined
          ? all === true
            ? { resourceGroups: [] }
            : {}
          : { resourceGroups: [...resourceGroup] }),
      })
    : before.state === 'signed-in' && before.subscriptions.length === 0
      ? await connection.call('azure.refresh', {})
      : before;
  if (context.json) context.terminal.out(plainJson(status.subscriptions));
  else if (status.subscriptions.length > 0)
    context.terminal.out(printSubscriptions(status, context.terminal.hasColour));
  else context.terminal.err(plainText(status.reason ?? status.hint ?? 'The account sees no subscription.'));
  return status.subscriptions.length > 0 || status.state === 'signed-in' ? 0 : 1;
}

async function runScript(machine: string, script: string, context: CliContext): Promise<number> {
  return runVerb(
    [machine],
    {
      kind: 'run-command',
      begin: (connection, named) => connection.call('azure.run-command', { machine: named, script }),
      ended: ({ result }) => {
        for (const line of result?.output?.split('\n') ?? []) context.terminal.out(plainText(line));
      },
    },
    context,
  );
}

async function scriptOf({ script, file }: { readonly script?: string; readonly file?: string }): Promise<string> {
  if ((script === undefined) === (file === undefined)) {
    throw new VigilError('bad-input', 'Give --script or --file.', { field: 'script' });
  }
  if (script !== undefined) return script;
  try {
    return await readFile(file ?? '', 'utf8');
  } catch (error) {
    throw new VigilError('bad-input', `The script in ${file} cannot be read.`, { field: 'script', cause: error });
  }
}

function tell(status: AzureStatus, { json, terminal }: CliContext, sentence: string): number {
  terminal.out(json ? plainJson(status) : plainText(sentence));
  return 0;
}
