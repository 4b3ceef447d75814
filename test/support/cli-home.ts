import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { vi } from 'vitest';
import type { Handlers } from '../../main/contract/calls.ts';
import type { EngineLock } from '../../main/contract/engine-lock.ts';
import { runCliHere } from './cli-here.ts';
import type { CliResult } from './cli-process.ts';
import { socketRig } from './socket-rig.ts';

export interface CliHome {
  readonly home: string;
  /** Where the socket lies; not where the command line stands. */
  vigil(...args: string[]): Promise<CliResult>;
  /** What a call was asked with, the newest. */
  inputOf(name: keyof Handlers): unknown;
  end(): Promise<void>;
}

/** A data home whose engine answers as told, and the real command line in front of it. */
export async function cliHome(answers: Partial<Handlers>): Promise<CliHome> {
  const rig = await socketRig(answers);
  await rig.server.listen();
  const home = path.join(rig.folder, 'home');
  await mkdir(home);
  const lock: EngineLock = {
    pid: process.pid,
    startTime: null,
    bootId: null,
    socket: rig.socketPath,
    host: 'headless',
    version: '0.1.0',
  };
  await writeFile(path.join(home, 'engine.lock'), JSON.stringify(lock));
  return {
    home,
    vigil: (...args) => runCliHere(home, args),
    inputOf: (name) => vi.mocked(rig.handlers[name]).mock.calls.at(-1)?.[0],
    end: rig.end,
  };
}
