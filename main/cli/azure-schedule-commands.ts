import type { Command } from 'commander';
import type { AzureScheduleView } from '../contract/azure-schedule.ts';
import { VigilError } from '../contract/failure.ts';
import type { CliContext } from './cli-context.ts';
import type { RunCommand } from './command-run.ts';
import { plainJson, plainText } from './plain-text.ts';
import { textTable } from './text-table.ts';

interface ScheduleFlags {
  readonly start?: string;
  readonly stop?: string;
  readonly days?: string;
  readonly zone?: string;
}

/** `azure schedule`: when machines are started and deallocated by themselves. */
export function addAzureScheduleCommands(azure: Command, run: RunCommand): void {
  const schedule = azure
    .command('schedule')
    .summary('start and deallocate machines by themselves')
    .description('Start and deallocate machines of Azure by themselves, at local times.');

  schedule
    .command('list')
    .summary('list the schedules, and what each does next')
    .description('List the schedules, and what each does next.')
    .addHelpText('after', '\nExample:\n  vigil azure schedule list')
    .action(async (_flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        return print(await connection.call('azure.schedules', {}), context);
      });
    });

  schedule
    .command('set')
    .summary('give a machine a schedule, in the place of its own')
    .description(
      'Give a machine a schedule, in the place of the one it has. A scheduled stop deallocates: only the disks are paid for then. Whoever starts or stops the machine in between is left in peace until the next time.',
    )
    .argument('<name>', 'name, group/name or id')
    .option('--start <hh:mm>', 'when it is started')
    .option('--stop <hh:mm>', 'when it is deallocated')
    .option('--days <days>', 'like mon-fri or "mon wed fri"; every day when absent')
    .option('--zone <zone>', 'like Europe/Berlin; that of this computer when absent')
    .addHelpText('after', '\nExample:\n  vigil azure schedule set web --start 08:00 --stop 19:00 --days mon-fri')
    .action(async (machine: string, { start, stop, days, zone }: ScheduleFlags, command: Command) => {
      if (start === undefined && stop === undefined) {
        throw new VigilError('bad-input', 'Give --start, --stop or both.', { field: 'schedule' });
      }
      const parts = [
        ...(start === undefined ? [] : [`start ${start}`]),
        ...(stop === undefined ? [] : [`stop ${stop}`]),
        ...(days === undefined ? [] : [days]),
        ...(zone === undefined ? [] : [zone]),
      ];
      await run(command, async (context) => {
        const connection = await context.engine();
        return print(await connection.call('azure.schedule', { machine, schedule: parts.join(', ') }), context);
      });
    });

  schedule
    .command('remove')
    .summary('take the schedule of a machine away')
    .description('Take the schedule of a machine away. Nothing is done to the machine.')
    .argument('<name>', 'name, group/name or id')
    .addHelpText('after', '\nExample:\n  vigil azure schedule remove web')
    .action(async (machine: string, _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        return print(await connection.call('azure.schedule', { machine }), context);
      });
    });
}

function print(views: readonly AzureScheduleView[], { json, terminal }: CliContext): number {
  if (json) terminal.out(plainJson(views));
  else if (views.length === 0) terminal.out('No schedules.');
  else terminal.out(printSchedules(views, terminal.hasColour));
  return 0;
}

export function printSchedules(views: readonly AzureScheduleView[], hasColour: boolean): string {
  const rows = views.map(({ machine, machineId, schedule, zone, next }) => [
    { text: plainText(machine) },
    { text: plainText(schedule) },
    { text: zone },
    machineId === null
      ? ({ text: 'no such machine', colour: 'yellow' } as const)
      : { text: next === null ? '-' : `${next.verb} ${next.at}` },
  ]);
  return textTable(['VM NAME', 'SCHEDULE', 'ZONE', 'NEXT'], rows, hasColour);
}
