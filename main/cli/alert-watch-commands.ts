import type { Command } from 'commander';
import type { RunCommand } from './command-run.ts';
import { durationSeconds, wholeNumber } from './flag-values.ts';
import { plainJson, plainText } from './plain-text.ts';
import { printEpisodes, printMutes } from './print-alerts.ts';

interface HistoryFlags {
  readonly vm?: string;
  readonly rule?: string;
  readonly limit?: number;
}

interface MaintenanceFlags {
  readonly vm?: string;
  readonly from?: string;
  readonly until?: string;
  readonly for?: number;
  readonly window?: string;
}

/** `monitor alert active` and what can be done about an alert. */
export function addAlertWatchCommands(alert: Command, run: RunCommand): void {
  alert
    .command('active')
    .summary('list the alerts that fire, or are about to')
    .description('List the alerts that fire, and those that are about to.')
    .addHelpText('after', '\nExample:\n  vigil monitor alert active')
    .action(async (_flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const episodes = await connection.call('alert.active', {});
        const { json, terminal } = context;
        if (json) terminal.out(plainJson(episodes));
        else if (episodes.length === 0) terminal.err('Nothing fires.');
        else terminal.out(printEpisodes(episodes, terminal.hasColour));
        return 0;
      });
    });

  alert
    .command('history')
    .summary('list the alerts of the last 90 days')
    .description('List the alerts of the last 90 days, the one that fired last first.')
    .option('--vm <name>', 'only this machine')
    .option('--rule <name>', 'only this rule')
    .option('--limit <n>', 'at most this many, 1 to 1000 (50)', wholeNumber('limit'))
    .addHelpText('after', '\nExample:\n  vigil monitor alert history --vm demo')
    .action(async (flags: HistoryFlags, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const episodes = await connection.call('alert.history', {
          ...(flags.vm === undefined ? {} : { machine: flags.vm }),
          ...(flags.rule === undefined ? {} : { rule: flags.rule }),
          ...(flags.limit === undefined ? {} : { limit: flags.limit }),
        });
        const { json, terminal } = context;
        if (json) terminal.out(plainJson(episodes));
        else if (episodes.length === 0) terminal.err('Nothing has fired.');
        else terminal.out(printEpisodes(episodes, terminal.hasColour));
        return 0;
      });
    });

  alert
    .command('ack')
    .summary('say that you see to an alert')
    .description('Say that you see to an alert: it is not said again until it is over.')
    .argument('<id>', 'id of the alert, or the first 8 or more characters of it')
    .addHelpText('after', '\nExample:\n  vigil monitor alert ack 3f2a9c10')
    .action(async (id: string, _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const episode = await connection.call('alert.acknowledge', { episode: id });
        const about = episode.machine === null ? '' : ` of '${plainText(episode.machine)}'`;
        const sentence = `${plainText(episode.rule)}${about} is acknowledged.`;
        context.terminal.out(context.json ? plainJson(episode) : sentence);
        return 0;
      });
    });

  alert
    .command('snooze')
    .summary('say nothing of a rule for a while')
    .description('Say nothing of a rule for a while. That an alert is over is told all the same.')
    .argument('<name>', 'name of the rule')
    .argument('<duration>', 'seconds, or like 30m, 2h, 1d', durationSeconds('seconds'))
    .option('--vm <name>', 'for this machine only')
    .addHelpText('after', '\nExample:\n  vigil monitor alert snooze high_cpu 1h --vm demo')
    .action(async (name: string, duration: number, flags: { readonly vm?: string }, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const mute = await connection.call('alert.snooze', {
          rule: name,
          seconds: duration,
          ...(flags.vm === undefined ? {} : { machine: flags.vm }),
        });
        context.terminal.out(
          context.json
            ? plainJson(mute)
            : `${plainText(name)} is snoozed until ${mute.until} (${mute.id.slice(0, 8)}).`,
        );
        return 0;
      });
    });

  addMaintenance(alert, run);
}

function addMaintenance(alert: Command, run: RunCommand): void {
  const maintenance = alert
    .command('maintenance')
    .summary('times in which nothing is told')
    .description(
      'Times in which someone works on machines: nothing is told meanwhile, and afterwards what is not known yet.',
    );

  maintenance
    .command('add')
    .summary('plan a time in which nothing is told')
    .description('Plan one: once, or with --window every week, in the time of this computer.')
    .option('--vm <name>', 'of this machine; of every machine without it')
    .option('--from <time>', 'begins then, like 2026-03-17T20:30:00Z; now without it')
    .option('--until <time>', 'ends then')
    .option('--for <duration>', 'ends after so long: seconds, or like 30m, 2h', durationSeconds('for'))
    .option('--window <w>', 'like "sat,sun 22:00-04:00" or "daily 03:00-03:30"')
    .addHelpText(
      'after',
      '\nExamples:\n  vigil monitor alert maintenance add --vm demo --for 2h\n  vigil monitor alert maintenance add --window "sun 02:00-04:00"',
    )
    .action(async (flags: MaintenanceFlags, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const begin = flags.from === undefined ? Date.now() : Date.parse(flags.from);
        const until =
          flags.for === undefined || Number.isNaN(begin)
            ? flags.until
            : new Date(begin + flags.for * 1000).toISOString();
        const mute = await connection.call('alert.plan-maintenance', {
          ...(flags.vm === undefined ? {} : { machine: flags.vm }),
          ...(flags.from === undefined ? {} : { from: flags.from }),
          ...(until === undefined ? {} : { until }),
          ...(flags.window === undefined ? {} : { window: flags.window }),
        });
        const { json, terminal } = context;
        terminal.out(json ? plainJson(mute) : printMutes([mute], terminal.hasColour));
        return 0;
      });
    });

  maintenance
    .command('list')
    .summary('list what is planned, and what is snoozed')
    .description('List what is planned, and what is snoozed.')
    .addHelpText('after', '\nExample:\n  vigil monitor alert maintenance list')
    .action(async (_flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const mutes = await connection.call('alert.mutes', {});
        const { json, terminal } = context;
        if (json) terminal.out(plainJson(mutes));
        else if (mutes.length === 0) terminal.err('Nothing is planned, and nothing is snoozed.');
        else terminal.out(printMutes(mutes, terminal.hasColour));
        return 0;
      });
    });

  maintenance
    .command('remove')
    .summary('end a maintenance or a snooze')
    .description('End a maintenance or a snooze.')
    .argument('<id>', 'its id, or the first 8 or more characters of it')
    .addHelpText('after', '\nExample:\n  vigil monitor alert maintenance remove 3f2a9c10')
    .action(async (id: string, _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        await connection.call('alert.remove-mute', { mute: id });
        context.terminal.out(context.json ? plainJson(null) : 'It has ended.');
        return 0;
      });
    });
}
