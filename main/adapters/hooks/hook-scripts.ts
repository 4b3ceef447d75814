import { createHash, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { VigilError } from '../../contract/failure.ts';
import type { HookScripts } from '../../engine/ports/hook-scripts.ts';
import type { Processes } from '../../engine/ports/processes.ts';
import { examineScript, largestScriptBytes, passGate } from './script-gate.ts';

export interface HookScriptsOptions {
  /** The data home: runs have a folder of their own inside. */
  readonly home: string;
  readonly processes: Processes;
  /** What a script may know of our own environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Writes a file whole and durably, with the given mode. */
  readonly writeFile: (file: string, text: string, mode: number) => Promise<void>;
}

/** Handed down by a script to everything it starts. */
export const hookMark = 'VIGIL_HOOK_RUN';

/**
 * The bytes that were looked at are the bytes that run: they are copied into a folder that only we can enter, and the copy
 * is run. Whoever swaps the file in between swaps nothing.
 */
export function createHookScripts({ home, processes, environment, ...files }: HookScriptsOptions): HookScripts {
  const runsFolder = path.join(home, 'hook-runs');
  return {
    examine: examineScript,
    run: async (request) => {
      const answer = await passGate(request.path);
      if (answer.kind === 'refused') return answer;
      const { bytes, sha256 } = answer.script;
      if (sha256 !== request.sha256) return { kind: 'changed', sha256 };
      await mkdir(runsFolder, { recursive: true, mode: 0o700 });
      const folder = await mkdtemp(path.join(runsFolder, 'run-'));
      const copy = path.join(folder, path.basename(request.path));
      try {
        await writeFile(copy, bytes, { mode: 0o700, flag: 'wx' });
        const end = await processes.runScript(copy, {
          folder: environment.HOME ?? folder,
          environment: { ...environment, ...request.environment, VIGIL_HOOK_PATH: request.path },
          input: request.input,
          mark: { name: hookMark, value: randomUUID() },
          limitMs: request.limitMs,
          signal: request.signal,
        });
        return { kind: 'ran', end };
      } catch (error) {
        if (error instanceof VigilError) return { kind: 'refused', reason: error.message };
        throw error;
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    read: async (file) => {
      const answer = await passGate(file);
      if (answer.kind === 'refused') throw new VigilError('refused', answer.reason, { field: 'path' });
      const text = answer.script.bytes.toString('utf8');
      if (Buffer.from(text, 'utf8').equals(answer.script.bytes)) return text;
      throw new VigilError('bad-input', `${file} is not text.`, { field: 'path' });
    },
    write: async (file, text) => {
      if (Buffer.byteLength(text) > largestScriptBytes) {
        throw new VigilError('bad-input', 'A script has at most 1 MiB.', { field: 'text' });
      }
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      // Where a link leads is what is changed, not the link.
      await files.writeFile(await realpath(file).catch(() => file), text, 0o700);
      const examined = await examineScript(file);
      if (examined.kind === 'refused') throw new VigilError('refused', examined.reason, { field: 'path' });
      // Of the text, not of the file: whoever writes approves what they wrote.
      return createHash('sha256').update(text).digest('hex');
    },
  };
}
