import type { Command } from 'commander';
import { attachConsole } from './attach-console.ts';
import type { RunCommand } from './command-run.ts';
import { type DetachKey, detachKey, usualDetachKey } from './detach-key.ts';
import { absolutePath } from './own-path.ts';
import { plainJson, plainText } from './plain-text.ts';
import { saveFile } from './save-file.ts';

interface ConsoleFlags {
  readonly detachKey: DetachKey;
  readonly fit?: boolean;
}

/** Commands that look at a machine from in front of it. */
export function addConsoleCommands(program: Command, run: RunCommand): void {
  program
    .command('console')
    .summary('join the serial console of a machine')
    .description(
      'Join this terminal to the serial console of a machine: every key goes there, until the detach key. The machine runs on. With input from a pipe it ends when the input has ended and the machine was silent for a second.',
    )
    .argument('<name>', 'name or id')
    .option('--detach-key <key>', 'leave with this key instead of ^]', detachKey, usualDetachKey)
    .option('--fit', 'type `stty rows … cols …` there, now and when this terminal changes its size')
    .addHelpText('after', '\nExample:\n  vigil console demo')
    .action(async (name: string, flags: ConsoleFlags, command: Command) => {
      await run(command, (context) =>
        attachConsole(context, name, { detachKey: flags.detachKey, fit: flags.fit === true }),
      );
    });

  program
    .command('ssh')
    .summary('log in to a machine with your own ssh program')
    .description(
      'Run your own ssh program with the address, account, key and host keys that the health checks go by. Its exit code is the one of the command. With --json the command line is printed and nothing is run.',
    )
    .argument('<name>', 'name or id')
    .argument('[command...]', 'what to run there, after --; a shell when absent')
    .addHelpText('after', '\nExample:\n  vigil ssh demo -- uptime')
    .action(async (name: string, words: readonly string[], _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const way = await connection.call('ssh.target', { machine: name });
        const [program = 'ssh', ...args] = way.command;
        // After the second mark even a command that begins with a dash is a command.
        const all = words.length === 0 ? args : [...args, '--', ...words];
        if (context.json) {
          context.terminal.out(plainJson({ ...way, command: [program, ...all] }));
          return 0;
        }
        return await context.runProgram(program, all);
      });
    });

  program
    .command('screenshot')
    .summary("save a picture of a machine's screen")
    .description(
      "Take a picture of a machine's screen as it is now and save it as a PNG file. Of a machine of Azure it is the last one that the platform took; boot diagnostics have to be on.",
    )
    .argument('<name>', 'name, group/name or id')
    .argument('<file>', 'where to save it; a file that is there is replaced')
    .addHelpText('after', '\nExample:\n  vigil screenshot demo screen.png')
    .action(async (name: string, file: string, _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const { png, ...picture } = await connection.call('machine.screenshot', { machine: name });
        const saved = absolutePath(file);
        await saveFile(saved, png === null ? { copyOf: picture.path ?? '' } : Buffer.from(png, 'base64'));
        const { terminal } = context;
        // Nobody here took it: it may be older than what happened since.
        const age = picture.path === null && picture.at !== null ? `, as Azure saw it at ${picture.at},` : '';
        if (context.json) terminal.out(plainJson({ ...picture, file: saved }));
        else terminal.out(plainText(`Screen of '${picture.machine}'${age} saved to ${saved}`));
        return 0;
      });
    });
}
