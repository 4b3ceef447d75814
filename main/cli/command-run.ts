import type { Command } from 'commander';
import { resolveDataHome } from '../transport/client/data-home.ts';
import { connectToEngine } from '../transport/client/engine-client.ts';
import type { SocketConnection } from '../transport/client/socket-connection.ts';
import type { CliContext, CliSurroundings, EngineOptions } from './cli-context.ts';

export interface GlobalOptions {
  readonly home?: string;
  readonly json?: boolean;
  readonly timeout?: number;
  readonly autostart: boolean;
}

/** Runs one command to its exit code: 0 done, 1 failed, 2 used wrongly. */
export type CommandWork = (context: CliContext) => Promise<number>;
export type RunCommand = (command: Command, work: CommandWork) => Promise<void>;

/** Gives each command its context and closes what it opened. `ended` is told the exit code. */
export function createCommandRun(around: CliSurroundings, ended: (exitCode: number) => void): RunCommand {
  return async (command, work) => {
    const options = command.optsWithGlobals<GlobalOptions>();
    const opened: Promise<SocketConnection>[] = [];
    const home = resolveDataHome(options.home, around.environment);
    const context: CliContext = {
      ...around,
      home,
      json: options.json === true,
      timeoutSeconds: options.timeout,
      autostart: options.autostart,
      engine: (wanted) => {
        const existing = opened[0] ?? connect(around, home, options, wanted ?? {});
        if (opened.length === 0) opened.push(existing);
        return existing;
      },
    };
    try {
      ended(await work(context));
    } finally {
      for (const connection of opened) {
        await connection.then(
          (open) => open.close(),
          () => undefined,
        );
      }
    }
  };
}

function connect(
  around: CliSurroundings,
  home: string,
  options: GlobalOptions,
  { onlyRunning = false, ownTimeout = false }: EngineOptions,
): Promise<SocketConnection> {
  const limitMs = ownTimeout || options.timeout === undefined ? undefined : options.timeout * 1000;
  return connectToEngine({
    home,
    face: 'cli',
    log: silent,
    ...(options.autostart && !onlyRunning ? { start: around.startEngine } : {}),
    ...(limitMs === undefined ? {} : { callMs: limitMs, limits: { readyMs: limitMs, settleMs: limitMs } }),
  });
}

/** The CLI tells its user what failed; it keeps no log of its own. */
const silent = { write: () => undefined };
