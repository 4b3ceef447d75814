import { vi } from 'vitest';
import type { Handlers } from '../../main/contract/calls.ts';
import { answeringEngine } from './answering-engine.ts';
import { runCliHere } from './cli-here.ts';
import type { CliResult } from './cli-process.ts';

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
  const rig = await answeringEngine(answers);
  const { home } = rig;
  return {
    home,
    vigil: (...args) => runCliHere(home, args),
    inputOf: (name) => vi.mocked(rig.handlers[name]).mock.calls.at(-1)?.[0],
    end: rig.end,
  };
}
