import type { Command } from 'commander';
import { errorLimitPercent } from '../contract/forecast.ts';
import type { RunCommand } from './command-run.ts';
import { wholeNumber } from './flag-values.ts';
import { plainJson } from './plain-text.ts';
import { printForecasts } from './print-forecasts.ts';

interface ForecastFlags {
  readonly vmName?: string;
  readonly days?: number;
  readonly atRiskOnly?: boolean;
}

/** `monitor forecast`: what runs out next. */
export function addForecastCommand(monitor: Command, run: RunCommand): void {
  monitor
    .command('forecast')
    .summary('say what runs out next')
    .description(
      `Say what CPU, memory and disk of machines come to in 7 and 30 days, what is at risk (over 90 % within the days given) first, and how far off such forecasts were so far. Under seven days of readings, and where past forecasts were off by more than ${errorLimitPercent} %, nothing is foretold.`,
    )
    .option('--vm-name <vm>', 'only this machine: name or id')
    .option('--days <n>', 'at risk is what passes 90 % within so many days, 1 to 90 (30)', wholeNumber('days'))
    .option('--at-risk-only', 'only what is at risk')
    .addHelpText('after', '\nExample:\n  vigil monitor forecast --days 14 --at-risk-only')
    .action(async (flags: ForecastFlags, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const forecasts = await connection.call('forecast.list', {
          atRiskOnly: flags.atRiskOnly === true,
          ...(flags.vmName === undefined ? {} : { machine: flags.vmName }),
          ...(flags.days === undefined ? {} : { days: flags.days }),
        });
        const { terminal } = context;
        if (context.json) terminal.out(plainJson(forecasts));
        else if (forecasts.length > 0) terminal.out(printForecasts(forecasts, terminal.hasColour));
        else terminal.err(flags.atRiskOnly === true ? 'Nothing is at risk.' : 'No machines.');
        return 0;
      });
    });
}
