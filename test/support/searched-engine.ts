import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { eventNames } from '../../main/contract/events.ts';
import { findEngine } from '../../main/transport/client/find-engine.ts';
import type { SocketConnection } from '../../main/transport/client/socket-connection.ts';
import type { Place } from './canaries.ts';
import { runCliHere } from './cli-here.ts';
import { runCliProcess } from './cli-process.ts';
import { eventually } from './eventually.ts';
import { connectToEngineOf } from './launch-headless.ts';
import { killProcessesOfHome, processesOfHome } from './processes-of-home.ts';
import { type SocketTap, tapSocket } from './socket-tap.ts';

/** One life of an engine after the other, of which everything that is written, said, sent or shown is gathered. */
export interface SearchedEngine {
  /** Everything that was gathered; complete after `gather`. */
  readonly places: readonly Place[];
  say(name: string, text: string): void;
  /** A command line; what it prints is gathered. */
  command(args: readonly string[], input?: string): Promise<void>;
  /** Starts an engine with this environment; what passes its socket, its events and its children are gathered. */
  begin(environment: NodeJS.ProcessEnv): Promise<SocketConnection>;
  /** Every file of the home as it is now, with what SQLite keeps beside its databases. */
  lookAtFiles(when: string): void;
  /** As a power cut ends it; the files are looked at as it left them. */
  kill(engine: SocketConnection): Promise<void>;
  /** Asks it to end, and waits until it has. */
  end(engine: SocketConnection): Promise<void>;
  /** Adds what is gathered only at the end: sockets, processes and files. */
  gather(): void;
  close(): Promise<void>;
}

const patienceMs = 120_000;
const lookMs = 50;

export function searchedEngine(folder: string, home: string): SearchedEngine {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const places: Place[] = [];
  const say = (name: string, text: string): void => void places.push({ name, text });
  const taps: SocketTap[] = [];
  const seen = new Set<string>();
  let enginePid: number | null = null;
  let said = 0;

  /** What the engine started is seen as every account of this computer sees it; the engine's own surroundings were given to it. */
  const watching = setInterval(() => {
    for (const { commandLine } of processesOfHome(home)) seen.add(commandLine.join(' '));
    if (enginePid === null) return;
    const own = ofProcess(enginePid, 'cmdline');
    for (const pid of descendantsOf(enginePid)) {
      // In this order: a child that is not yet its own program still has the surroundings of the engine.
      const commandLine = ofProcess(pid, 'cmdline');
      if (commandLine === '' || commandLine === own) continue;
      seen.add(`${commandLine}\n${ofProcess(pid, 'environ')}`);
    }
  }, lookMs);

  const gone = async (pid: number): Promise<void> => {
    await eventually(
      'an engine that is gone',
      () => !processesOfHome(home).some((each) => each.pid === pid),
      patienceMs,
    );
    enginePid = null;
    for (const tap of taps) await tap.close();
  };
  const lookAtFiles = (when: string): void => {
    for (const file of filesBelow(home)) {
      const text = textOf(file);
      if (text !== null) say(`${path.relative(home, file)}${when === '' ? '' : ` (${when})`}`, text);
    }
  };
  const pidOf = async (engine: SocketConnection): Promise<number> => {
    const { pid } = await engine.call('engine.status', {});
    if (pid === null) throw new Error('the engine says no number of its process');
    return pid;
  };

  return {
    places,
    say,
    command: async (args, input) => {
      const { stdout, stderr } = await runCliHere(home, args, input);
      say(`answer ${said++} of ${args.slice(0, 3).join(' ')}`, `${stdout}\n${stderr}`);
    },
    begin: async (environment) => {
      const begun = await runCliProcess(home, ['lifecycle', 'daemon', 'start'], environment);
      say('start of the engine', begun.stdout + begun.stderr);
      const lock = await eventually(`an engine of ${home}`, () => findEngine(home), patienceMs);
      enginePid = lock.pid;
      taps.push(await tapSocket(lock.socket, folder));
      const engine = await connectToEngineOf(home);
      for (const name of eventNames) engine.subscribe(name, (payload) => say(`event ${name}`, JSON.stringify(payload)));
      return engine;
    },
    lookAtFiles,
    kill: async (engine) => {
      const pid = await pidOf(engine);
      engine.close();
      process.kill(pid, 'SIGKILL');
      await gone(pid);
      lookAtFiles('after a kill');
    },
    end: async (engine) => {
      const pid = await pidOf(engine);
      lookAtFiles('while it ran');
      await engine.call('engine.shutdown', {});
      engine.close();
      await gone(pid);
    },
    gather: () => {
      for (const [index, tap] of taps.entries()) say(`socket ${index}`, tap.heard());
      for (const [index, text] of [...seen].entries()) say(`process ${index}`, text);
      lookAtFiles('');
    },
    close: async () => {
      clearInterval(watching);
      await killProcessesOfHome(home);
      for (const tap of taps) await tap.close();
    },
  };
}

function ofProcess(pid: number, what: 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8').replaceAll('\0', ' ');
  } catch {
    // It ended meanwhile.
    return '';
  }
}

function descendantsOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
        .split(' ')
        .filter(Boolean)
        .flatMap((child) => [Number(child), ...descendantsOf(Number(child))]),
    );
  } catch {
    return [];
  }
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** Null for one that was removed meanwhile. */
function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return null;
  }
}
