import type { Command } from 'commander';
import { addAlertCommands } from './alert-commands.ts';
import { addChannelCommands } from './channel-commands.ts';
import type { RunCommand } from './command-run.ts';
import { addDashboardCommand } from './dashboard-command.ts';
import { addDeliveryCommands } from './delivery-commands.ts';
import { addForecastCommand } from './forecast-command.ts';
import { addReadingsCommands } from './readings-commands.ts';

/** `monitor`: what machines do over time, and who is told. */
export function addMonitorCommands(program: Command, run: RunCommand): void {
  const monitor = program
    .command('monitor')
    .summary('alerts and what machines do over time')
    .description('What machines do over time, and what is told when something is wrong.');
  addAlertCommands(monitor, run);
  addDashboardCommand(monitor, run);
  addChannelCommands(monitor, run);
  addDeliveryCommands(monitor, run);
  addForecastCommand(monitor, run);
  addReadingsCommands(monitor, run);
}
