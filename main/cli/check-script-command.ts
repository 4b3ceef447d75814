import type { Command } from 'commander';
import type { CheckScript } from '../contract/check-script.ts';
import { VigilError } from '../contract/failure.ts';
import type { CliContext } from './cli-context.ts';
import type { RunCommand } from './command-run.ts';
import { absolutePath } from './own-path.ts';
import { plainJson, plainText } from './plain-text.ts';

interface CheckScriptFlags {
  readonly clear?: boolean;
  readonly text?: boolean;
}

/** `lifecycle check-script`: a script of one's own that says how a machine is. */
export function addCheckScriptCommand(lifecycle: Command, run: RunCommand): void {
  lifecycle
    .command('check-script')
    .summary('have a script of yours say how a machine is')
    .description(
      'Have a script of yours say how a machine is: it ends with 0 when all is well, 1 to warn, 2 when it is critical. Naming a script approves it as it is now; once it changes, it waits for you to name it again. Without a path, show what is set.',
    )
    .argument('<name>', 'name or id')
    .argument('[path]', 'the script')
    .option('--clear', 'check it by no script any more')
    .option('--text', 'show what the script says, to look at before it is approved')
    .addHelpText(
      'after',
      '\nExamples:\n  vigil lifecycle check-script demo ~/bin/is-well.sh\n  vigil lifecycle check-script demo --text',
    )
    .action(async (machine: string, path: string | undefined, flags: CheckScriptFlags, command: Command) => {
      const { clear = false, text = false } = flags;
      if ([clear, text, path !== undefined].filter(Boolean).length > 1) {
        throw new VigilError('bad-input', 'Give a path, --clear or --text, not two of them.', { field: 'path' });
      }
      await run(command, async (context) => {
        const connection = await context.engine();
        if (clear) {
          await connection.call('check-script.clear', { machine });
          if (context.json) context.terminal.out(plainJson(null));
          else context.terminal.out(`No script checks '${plainText(machine)}'`);
          return 0;
        }
        if (path === undefined) return show(await connection.call('check-script.get', { machine }), text, context);
        return tellSet(await connection.call('check-script.set', { machine, path: absolutePath(path) }), context);
      });
    });
}

function tellSet(script: CheckScript, { json, terminal }: CliContext): number {
  if (json) terminal.out(plainJson(script));
  else terminal.out(`'${plainText(script.machine)}' is checked by ${plainText(script.path)}, approved`);
  return 0;
}

function show(script: CheckScript | null, withText: boolean, { json, terminal }: CliContext): number {
  if (json) terminal.out(plainJson(script));
  else if (script === null) {
    terminal.err('No script checks it. Name one with `vigil lifecycle check-script NAME PATH`.');
  } else if (withText) {
    for (const line of script.text?.replace(/\n$/, '').split('\n') ?? []) terminal.out(plainText(line));
    if (script.text === null) terminal.err(plainText(script.reason ?? `${script.path} is no text.`));
  } else {
    terminal.out(plainText(`${script.state}  ${script.path}`));
    if (script.reason !== null) terminal.err(plainText(script.reason));
  }
  return 0;
}
