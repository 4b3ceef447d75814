import { homedir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import type { AzlinImport } from '../contract/azlin-import.ts';
import type { ClanImport, ImportFault } from '../contract/clan-import.ts';
import type { RunCommand } from './command-run.ts';
import { absolutePath } from './own-path.ts';
import { plainJson, plainText } from './plain-text.ts';
import { saveFile } from './save-file.ts';
import type { Terminal } from './terminal.ts';

/** Commands that take machines in from other programs, and tell other programs of them. */
export function addImportCommands(program: Command, run: RunCommand): void {
  const source = program
    .command('import')
    .summary('take machines in from another manager')
    .description("Take machines in from another manager's files. The files themselves are never changed.");

  source
    .command('clan')
    .summary('from ~/.clan-vm')
    .description(
      'Take in the machines of ~/.clan-vm, or of another folder: each with its configuration, its disk where it lies, its times and its history. A name that is there already is left alone, so that a second time changes nothing. The exit code is 1 if anything could not be taken.',
    )
    .argument('[dir]', 'the folder (~/.clan-vm)')
    .addHelpText('after', '\nExample:\n  vigil import clan')
    .action(async (folder: string | undefined, _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const result = await connection.call('import.clan', {
          folder: absolutePath(folder) ?? path.join(homedir(), '.clan-vm'),
        });
        if (context.json) context.terminal.out(plainJson(result));
        else tell(result, context.terminal);
        return result.faults.length === 0 ? 0 : 1;
      });
    });

  source
    .command('azlin')
    .summary('from ~/.azlin')
    .description(
      'Take over how ~/.azlin/lifecycle-config.toml, or that of another folder, has machines watched. A machine whose watching is set here is left alone, so that a second time changes nothing; that of a machine that is not here waits for it. Its scripts wait for your approval.',
    )
    .argument('[dir]', 'the folder (~/.azlin)')
    .addHelpText('after', '\nExample:\n  vigil import azlin')
    .action(async (folder: string | undefined, _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const result = await connection.call('import.azlin', {
          folder: absolutePath(folder) ?? path.join(homedir(), '.azlin'),
        });
        if (context.json) context.terminal.out(plainJson(result));
        else tellAzlin(result, context.terminal);
        return result.faults.length === 0 ? 0 : 1;
      });
    });

  program
    .command('inventory')
    .summary('list local machines as an inventory file')
    .description(
      'List the local machines as inventory files do: name, type, cpus, memory, disk_size, network_mode, created_at; sizes in MiB. Always JSON.',
    )
    .option('--output <file>', 'save it to this file instead of printing it')
    .addHelpText('after', '\nExample:\n  vigil inventory --output vms.json')
    .action(async (flags: { output?: string }, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const entries = await connection.call('machine.inventory', {});
        const { terminal } = context;
        if (flags.output === undefined) {
          terminal.out(plainJson(entries));
          return 0;
        }
        const file = absolutePath(flags.output);
        await saveFile(file, Buffer.from(`${JSON.stringify(entries, null, 2)}\n`));
        if (context.json) terminal.out(plainJson(entries));
        else terminal.out(`Inventory of ${counted(entries.length, 'machine')} saved to ${plainText(file)}`);
        return 0;
      });
    });
}

function tell({ folder, imported, skipped, faults }: ClanImport, terminal: Terminal): void {
  for (const { name, diskPath, historyEntries } of imported) {
    const disk = diskPath === null ? '' : `, its disk ${plainText(diskPath)}`;
    terminal.out(`Machine '${name}' imported${disk}, ${counted(historyEntries, 'entry', 'entries')} of history`);
  }
  for (const { name, reason } of skipped) terminal.out(`Machine '${plainText(name)}' left alone: ${plainText(reason)}`);
  for (const fault of faults) terminal.err(printFault(fault));
  if (imported.length + skipped.length + faults.length === 0) terminal.out(`No machines in ${plainText(folder)}`);
}

function tellAzlin({ file, imported, skipped, faults }: AzlinImport, terminal: Terminal): void {
  for (const { name, isHere, hooks } of imported) {
    const later = isHere ? '' : '; there is no such machine yet, it holds once there is';
    const scripts = hooks === 0 ? '' : `, ${counted(hooks, 'hook')} to be approved`;
    terminal.out(`Watching of '${plainText(name)}' taken over${scripts}${later}`);
  }
  if (imported.some(({ hooks }) => hooks > 0)) {
    terminal.out('Approve a hook with: vigil lifecycle hook NAME EVENT PATH');
  }
  for (const { name, reason } of skipped) terminal.out(`Machine '${plainText(name)}' left alone: ${plainText(reason)}`);
  for (const fault of faults) terminal.err(printFault(fault));
  if (imported.length + skipped.length + faults.length === 0) terminal.out(`No machines in ${plainText(file)}`);
}

function printFault({ file, line, field, message }: ImportFault): string {
  const place = [file, ...(line === null ? [] : [`line ${line}`]), ...(field === null ? [] : [field])].join(', ');
  return plainText(`error: ${place}: ${message}`);
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
