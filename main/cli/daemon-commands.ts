import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Daemon } from '../contract/engine-status.ts';
import { VigilError } from '../contract/failure.ts';
import { findEngine, seemsAlive } from '../transport/client/find-engine.ts';
import type { CliContext } from './cli-context.ts';
import type { RunCommand } from './command-run.ts';
import { runDaemonLogs } from './daemon-logs.ts';
import { wholeNumber } from './flag-values.ts';
import { plainJson } from './plain-text.ts';
import { printDaemon } from './print-daemon.ts';

/** From a granted shutdown to a free data home; an engine that writes its last lines needs less. */
const stopLimitMs = 20_000;

/** `lifecycle daemon`: the engine itself. */
export function addDaemonCommands(lifecycle: Command, run: RunCommand): void {
  const daemon = lifecycle
    .command('daemon')
    .summary('start, stop and look at the engine')
    .description('The engine of this data home: start it, stop it, look at it. Machines go on running without it.');

  daemon
    .command('start')
    .summary('start a headless engine')
    .description('Start a headless engine, unless one runs already. It stays until it is stopped.')
    .addHelpText('after', '\nExample:\n  vigil lifecycle daemon start')
    .action(async (_flags: unknown, command: Command) => {
      await run(command, async (context) => {
        tell(await start(context), context);
        return 0;
      });
    });

  daemon
    .command('stop')
    .summary('stop the headless engine')
    .description('Stop the headless engine. Machines go on running.')
    .addHelpText('after', '\nExample:\n  vigil lifecycle daemon stop')
    .action(async (_flags: unknown, command: Command) => {
      await run(command, async (context) => {
        await stop(context);
        tell(notRunning(context), context);
        return 0;
      });
    });

  daemon
    .command('restart')
    .summary('stop the headless engine and start another')
    .description('Stop the headless engine if it runs, and start one.')
    .addHelpText('after', '\nExample:\n  vigil lifecycle daemon restart')
    .action(async (_flags: unknown, command: Command) => {
      // Two runs, because each keeps one connection and the first one's engine goes away.
      await run(command, async (context) => {
        await stop(context);
        return 0;
      });
      await run(command, async (context) => {
        tell(await start(context), context);
        return 0;
      });
    });

  daemon
    .command('status')
    .summary('show whether an engine runs')
    .description('Show whether an engine runs for this data home, and which.')
    .addHelpText('after', '\nExample:\n  vigil lifecycle daemon status --json')
    .action(async (_flags: unknown, command: Command) => {
      await run(command, async (context) => {
        tell(await status(context), context);
        return 0;
      });
    });

  daemon
    .command('logs')
    .summary("show the end of the engine's log")
    .description("Show the end of the engine's log.")
    .option('--tail <n>', 'this many lines, 1 to 10000 (50)', wholeNumber('tail'))
    .option('--follow', 'go on showing what is added, until Ctrl-C')
    .addHelpText('after', '\nExample:\n  vigil lifecycle daemon logs --tail 100 --follow')
    .action(async (flags: { tail?: number; follow?: boolean }, command: Command) => {
      await run(command, (context) => runDaemonLogs(flags, context));
    });
}

async function start(context: CliContext): Promise<Daemon> {
  const connection = await context.engine();
  return connection.call('engine.status', {});
}

async function status(context: CliContext): Promise<Daemon> {
  const connection = await running(context);
  return connection === null ? notRunning(context) : connection.call('engine.status', {});
}

/** Right also when none runs. Returns when the data home is free. */
async function stop(context: CliContext): Promise<void> {
  const connection = await running(context);
  if (connection === null) return;
  const { pid } = connection.engine;
  try {
    await connection.call('engine.shutdown', {});
  } catch (error) {
    // It may be gone before its answer is through.
    if (!(error instanceof VigilError && error.code === 'unreachable')) throw error;
  }
  const deadline = performance.now() + stopLimitMs;
  while (!(await hasEnded(pid, context.home))) {
    if (performance.now() > deadline) {
      throw new VigilError('timeout', `The engine (pid ${pid}) has not ended within ${stopLimitMs / 1000} s.`);
    }
    await sleep(20);
  }
}

/** It lets go of the home first and ends a moment later; where that cannot be seen, letting go has to do. */
async function hasEnded(pid: number, home: string): Promise<boolean> {
  return process.platform === 'linux' ? !seemsAlive({ pid }) : (await findEngine(home))?.pid !== pid;
}

async function running(context: CliContext) {
  try {
    return await context.engine({ onlyRunning: true });
  } catch (error) {
    if (error instanceof VigilError && error.code === 'unreachable') return null;
    throw error;
  }
}

function notRunning({ home, version }: CliContext): Daemon {
  return { running: false, pid: null, uptimeSeconds: null, monitored: [], version, home, host: 'headless' };
}

function tell(daemon: Daemon, { json, terminal }: CliContext): void {
  terminal.out(json ? plainJson(daemon) : printDaemon(daemon));
}
