import type { Command } from 'commander';
import type { RunCommand } from './command-run.ts';
import { addForecastCommand } from './forecast-command.ts';

/** `monitor`: what machines do over time, and who is told. */
export function addMonitorCommands(program: Command, run: RunCommand): void {
  const monitor = program
    .command('monitor')
    .summary('what machines do over time')
    .description('What machines do over time, and what runs out next.');
  addForecastCommand(monitor, run);
}
