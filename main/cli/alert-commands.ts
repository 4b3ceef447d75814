import { type Command, Option } from 'commander';
import {
  type AlertChannel,
  type AlertRuleInput,
  type AlertSeverity,
  alertChannels,
  alertSeverities,
} from '../contract/alert-rule.ts';
import {
  type AlertComparison,
  type AlertVariableName,
  alertComparisons,
  alertVariableNames,
  alertVariables,
} from '../contract/alert-variables.ts';
import { addAlertWatchCommands } from './alert-watch-commands.ts';
import type { CliContext } from './cli-context.ts';
import type { RunCommand } from './command-run.ts';
import { collected, decimal, durationSeconds, wholeNumber } from './flag-values.ts';
import { plainJson, plainText } from './plain-text.ts';
import { printAlertRules, printRehearsal } from './print-alerts.ts';

interface AddFlags {
  readonly metric: AlertVariableName;
  readonly threshold?: number;
  readonly comparison: AlertComparison;
  readonly severity: AlertSeverity;
  readonly for?: number;
  readonly clear?: number;
  readonly missingAfter?: number;
  readonly channel?: readonly string[];
  readonly vm?: readonly string[];
  readonly tag?: readonly string[];
  readonly provider?: readonly string[];
  readonly window?: readonly string[];
  readonly remind?: number;
}

const variables = alertVariableNames.map((name) => `  ${name.padEnd(28)} ${alertVariables[name].words}`).join('\n');

/** `monitor alert`: when a person is told, and of what. */
export function addAlertCommands(monitor: Command, run: RunCommand): void {
  const alert = monitor
    .command('alert')
    .summary('alert rules, and the alerts they raise')
    .description(
      'When you are told that something is wrong: the rules of alert_rules.yaml, and the alerts they raise.',
    );

  alert
    .command('list')
    .summary('list the rules')
    .description('List the rules.')
    .addHelpText('after', '\nExample:\n  vigil monitor alert list --json')
    .action(async (_flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const rules = await connection.call('alert.rules', {});
        const { json, terminal } = context;
        if (json) terminal.out(plainJson(rules));
        else if (rules.length === 0) terminal.err('There are no rules. Add one with `vigil monitor alert add NAME`.');
        else terminal.out(printAlertRules(rules, terminal.hasColour));
        return 0;
      });
    });

  alert
    .command('add')
    .summary('add a rule')
    .description(`Add a rule to alert_rules.yaml.\n\nMetrics:\n${variables}`)
    .argument('<name>', 'its name')
    .addOption(
      new Option('--metric <m>', 'what it is about: one of the above')
        .choices(alertVariableNames)
        .makeOptionMandatory(),
    )
    .option('--threshold <t>', 'a number; of conditions 0 (crash_loop 2) when left out', decimal('threshold'))
    .addOption(
      new Option('--comparison <c>', 'how the value is held against it; of days < or <=')
        .choices(alertComparisons)
        .default('>'),
    )
    .addOption(new Option('--severity <s>', 'how bad it is').choices(alertSeverities).makeOptionMandatory())
    .option(
      '--for <duration>',
      'fires only when it has held for so long: seconds, or 5m, 2h',
      durationSeconds('for_seconds'),
    )
    .option('--clear <t>', 'is over only once the value is on this side of it', decimal('clear'))
    .option('--missing-after <duration>', 'also fires when nothing is known for so long', durationSeconds('no_data'))
    .option(
      '--channel <c>',
      `told over this as well as the desktop: ${alertChannels.join(', ')}; once for each`,
      collected,
    )
    .option('--vm <name>', 'about this machine only; once for each', collected)
    .option('--tag <tag>', 'about machines with this tag only; once for each', collected)
    .option('--provider <p>', 'about machines of this provider only; once for each', collected)
    .option('--window <w>', 'begins to fire only within it, like "mon,tue 08:00-18:00"; once for each', collected)
    .option(
      '--remind <duration>',
      'said again so often until it is acknowledged or over',
      durationSeconds('remind_seconds'),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  vigil monitor alert add busy --metric cpu_percent --threshold 90 --severity warning --for 5m --clear 70\n  vigil monitor alert add down --metric machine_down --severity critical\n  vigil monitor alert add full-soon --metric days_until_threshold --comparison "<" --threshold 14 --severity warning',
    )
    .action(async (name: string, flags: AddFlags, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const rule = await connection.call('alert.add', ruleOf(name, flags));
        tell(context, rule, `Rule ${plainText(rule.name)} is in force.`);
        return 0;
      });
    });

  for (const [verb, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    alert
      .command(verb)
      .summary(`switch a rule ${enabled ? 'on' : 'off'}`)
      .description(enabled ? 'Switch a rule on.' : 'Switch a rule off. What it raised is over with that.')
      .argument('<name>', 'name of the rule')
      .addHelpText('after', `\nExample:\n  vigil monitor alert ${verb} high_cpu`)
      .action(async (name: string, _flags: unknown, command: Command) => {
        await run(command, async (context) => {
          const connection = await context.engine();
          const rule = await connection.call('alert.enable', { rule: name, enabled });
          tell(context, rule, `Rule ${plainText(rule.name)} is ${enabled ? 'on' : 'off'}.`);
          return 0;
        });
      });
  }

  alert
    .command('remove')
    .summary('remove a rule')
    .description('Remove a rule from alert_rules.yaml. What it raised is over with that.')
    .argument('<name>', 'name of the rule')
    .addHelpText('after', '\nExample:\n  vigil monitor alert remove high_cpu')
    .action(async (name: string, _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        await connection.call('alert.remove', { rule: name });
        tell(context, null, `Rule ${plainText(name)} was removed.`);
        return 0;
      });
    });

  alert
    .command('test')
    .summary('show the message of a rule on the desktop')
    .description('Show the message of a rule on the desktop, as it would be shown when it fires.')
    .argument('<name>', 'name of the rule')
    .addHelpText('after', '\nExample:\n  vigil monitor alert test high_cpu')
    .action(async (name: string, _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const message = await connection.call('alert.test', { rule: name });
        tell(context, message, `${plainText(message.title)}\n${plainText(message.body)}`);
        return 0;
      });
    });

  alert
    .command('rehearse')
    .summary('lead a rule through what is recorded')
    .description('Lead a rule through what is recorded, and show when it would have fired. Changes nothing.')
    .argument('<name>', 'name of the rule')
    .option('--days <n>', 'how far back, 1 to 90 (30)', wholeNumber('days'))
    .addHelpText('after', '\nExample:\n  vigil monitor alert rehearse high_cpu --days 7')
    .action(async (name: string, flags: { readonly days?: number }, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const found = await connection.call('alert.rehearse', {
          rule: name,
          ...(flags.days === undefined ? {} : { days: flags.days }),
        });
        const { json, terminal } = context;
        terminal.out(json ? plainJson(found) : printRehearsal(found, terminal.hasColour));
        return 0;
      });
    });

  addAlertWatchCommands(alert, run);
}

function ruleOf(name: string, flags: AddFlags): AlertRuleInput {
  return {
    name,
    metric: flags.metric,
    comparison: flags.comparison,
    severity: flags.severity,
    notification_channels: (flags.channel ?? []) as AlertChannel[],
    ...(flags.threshold === undefined ? {} : { threshold: flags.threshold }),
    ...(flags.for === undefined ? {} : { for_seconds: flags.for }),
    ...(flags.clear === undefined ? {} : { clear: flags.clear }),
    ...(flags.missingAfter === undefined ? {} : { no_data: { alert_after_seconds: flags.missingAfter } }),
    ...(flags.vm === undefined ? {} : { machines: [...flags.vm] }),
    ...(flags.tag === undefined ? {} : { tags: [...flags.tag] }),
    ...(flags.provider === undefined ? {} : { providers: [...flags.provider] as AlertRuleInput['providers'] }),
    ...(flags.window === undefined ? {} : { windows: [...flags.window] }),
    ...(flags.remind === undefined ? {} : { remind_seconds: flags.remind }),
  };
}

function tell({ json, terminal }: CliContext, noun: unknown, sentence: string): void {
  terminal.out(json ? plainJson(noun) : sentence);
}
