import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Handlers } from '../../main/contract/calls.ts';
import type { EngineLock } from '../../main/contract/engine-lock.ts';
import { type SocketRig, socketRig } from './socket-rig.ts';

/** An engine whose answers are ours, and a data home in which a command line finds it. */
export interface AnsweringEngine extends SocketRig {
  readonly home: string;
}

export async function answeringEngine(answers: Partial<Handlers> = {}): Promise<AnsweringEngine> {
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
  return { ...rig, home };
}
