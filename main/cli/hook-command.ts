import type { Command } from 'commander';
import { VigilError } from '../contract/failure.ts';
import { type Hook, type HookEvent, type HookRun, hookEvents, hookEventWords } from '../contract/hook.ts';
import type { CliContext } from './cli-context.ts';
import type { RunCommand } from './command-run.ts';
import { absolutePath } from './own-path.ts';
import { plainJson, plainText } from './plain-text.ts';
import { type Cell, textTable } from './text-table.ts';

interface HookFlags {
  readonly clear?: boolean;
  readonly test?: boolean;
}

/** `lifecycle hook`: which script of one's own is told of what. */
export function addHookCommand(lifecycle: Command, run: RunCommand): void {
  lifecycle
    .command('hook')
    .summary('run a script of yours when something happens to a machine')
    .description(
      `Run a script of yours when something happens to a machine. Naming a script approves it as it is now; once it changes, it waits for you to name it again. Without a path, show what is set.\n\nEvents:\n${hookEvents.map((event) => `  ${event.padEnd(11)} ${hookEventWords[event]}`).join('\n')}`,
    )
    .argument('<name>', 'name or id')
    .argument('[event]', 'one of the events above', eventNamed)
    .argument('[path]', 'the script')
    .option('--clear', 'tell nobody of it any more')
    .option('--test', 'run the script now with a sample event; the exit code is 1 when it fails')
    .addHelpText(
      'after',
      '\nExamples:\n  vigil lifecycle hook demo on_failure ~/bin/tell-me.sh\n  vigil lifecycle hook demo on_failure --test',
    )
    .action(
      async (
        machine: string,
        event: HookEvent | undefined,
        path: string | undefined,
        flags: HookFlags,
        command: Command,
      ) => {
        const { clear = false, test = false } = flags;
        if ([clear, test, path !== undefined].filter(Boolean).length > 1) {
          throw new VigilError('bad-input', 'Give a path, --clear or --test, not two of them.', { field: 'path' });
        }
        await run(command, async (context) => {
          const connection = await context.engine();
          if (event === undefined) {
            if (clear || test) throw new VigilError('bad-input', 'Say which event.', { field: 'event' });
            return list(await connection.call('hook.list', { machine }), context);
          }
          if (clear) {
            await connection.call('hook.clear', { machine, event });
            if (context.json) context.terminal.out(plainJson(null));
            else context.terminal.out(`'${plainText(machine)}' has no hook ${event}`);
            return 0;
          }
          if (test) return tellRun(await connection.call('hook.test', { machine, event }), context);
          if (path !== undefined) {
            const hook = await connection.call('hook.set', { machine, event, path: absolutePath(path) });
            if (context.json) context.terminal.out(plainJson(hook));
            else
              context.terminal.out(
                `Hook ${event} of '${plainText(hook.machine)}' is ${plainText(hook.path)}, approved`,
              );
            return 0;
          }
          const found = await connection.call('hook.list', { machine });
          return list(
            found.filter((hook) => hook.event === event),
            context,
          );
        });
      },
    );
}

function eventNamed(text: string): HookEvent {
  const event = hookEvents.find((each) => each === text);
  if (event === undefined) {
    throw new VigilError('bad-input', `An event is one of ${hookEvents.join(', ')}.`, { field: 'event' });
  }
  return event;
}

function list(hooks: readonly Hook[], { json, terminal }: CliContext): number {
  if (json) terminal.out(plainJson(hooks));
  else if (hooks.length === 0) terminal.err('No hook is set. Set one with `vigil lifecycle hook NAME EVENT PATH`.');
  else {
    const rows = hooks.map(({ event, state, path }): readonly Cell[] => [
      { text: event },
      { text: state, colour: state === 'approved' ? 'green' : 'yellow' },
      { text: path },
    ]);
    terminal.out(textTable(['EVENT', 'STATE', 'SCRIPT'], rows, terminal.hasColour));
    for (const { event, reason } of hooks) if (reason !== null) terminal.err(plainText(`${event}: ${reason}`));
  }
  return 0;
}

function tellRun(run: HookRun, { json, terminal }: CliContext): number {
  if (json) terminal.out(plainJson(run));
  else {
    for (const line of linesOf(run.stdout)) terminal.out(plainText(line));
    for (const line of linesOf(run.stderr)) terminal.err(plainText(line));
    terminal.err(plainText(run.summary));
  }
  return run.outcome === 'done' ? 0 : 1;
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
