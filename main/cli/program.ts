import { Command } from 'commander';
import { addAzureCommands } from './azure-commands.ts';
import { addChangeCommands } from './change-commands.ts';
import { addCheckCommand } from './check-command.ts';
import type { CliSurroundings } from './cli-context.ts';
import type { RunCommand } from './command-run.ts';
import { addConsoleCommands } from './console-commands.ts';
import { addDiskCommands } from './disk-commands.ts';
import { seconds } from './flag-values.ts';
import { addForwardCommand } from './forward-command.ts';
import { addHealingCommands } from './healing-commands.ts';
import { addHoldCommands } from './hold-commands.ts';
import { addHostCommands } from './host-commands.ts';
import { addImportCommands } from './import-commands.ts';
import { addLifecycleCommands } from './lifecycle-commands.ts';
import { addMachineCommands } from './machine-commands.ts';
import { addMonitorCommands } from './monitor-commands.ts';
import { addQueryCommands } from './query-commands.ts';
import { addSnapshotCommands } from './snapshot-commands.ts';

/** The whole command line. Usage errors are thrown as `CommanderError`, unprinted: `runCli` puts them into words or JSON. */
export function createProgram({ terminal, version }: CliSurroundings, run: RunCommand): Command {
  const program = new Command('vigil')
    .description('Keeps watch over virtual machines.')
    .version(version, '--version', 'show the version')
    .helpOption('--help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .option('--home <dir>', 'data home (VIGIL_HOME, else ~/.vigil)')
    .option('--json', 'print one JSON document')
    .option('--no-color', 'no colours')
    .option('--timeout <s>', 'time limit in seconds; for stop and restart that of ACPI', seconds('timeoutSeconds'))
    .option('--no-autostart', 'refuse instead of starting an engine when none runs')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
      outputError: () => undefined,
    })
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText('after', '\nExample:\n  vigil create demo --memory 64 --disk 16 --start');
  addMachineCommands(program, run);
  addDiskCommands(program, run);
  addHoldCommands(program, run);
  addChangeCommands(program, run);
  addSnapshotCommands(program, run);
  addConsoleCommands(program, run);
  addForwardCommand(program, run);
  addImportCommands(program, run);
  addQueryCommands(program, run);
  addHostCommands(program, run);
  addAzureCommands(program, run);
  addLifecycleCommands(program, run);
  addCheckCommand(program, run);
  addHealingCommands(program, run);
  addMonitorCommands(program, run);
  return program;
}
