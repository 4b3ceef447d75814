import { createHash, randomUUID } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { VigilError } from '../../contract/failure.ts';
import type { HookScripts } from '../../engine/ports/hook-scripts.ts';
import type { Processes } from '../../engine/ports/processes.ts';
import { examineScript, largestScriptBytes, passGate } from './script-gate.ts';
import { stageScript } from './stage-script.ts';

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

/** The hook-scripts port. Which bytes run is decided by stage-script.ts. */
export function createHookScripts({ home, processes, environment, ...files }: HookScriptsOptions): HookScripts {
  const runsFolder = path.join(home, 'hook-runs');
  return {
    examine: examineScript,
    run: async (request) => {
      const begun = performance.now();
      const staging = await stageScript(runsFolder, request.path, request.sha256);
      if (staging.kind !== 'staged') return staging;
      try {
        const end = await processes.runScript(staging.file, {
          folder: environment.HOME ?? staging.folder,
          environment: { ...environment, ...request.environment, VIGIL_HOOK_PATH: request.path },
          input: request.input,
          mark: { name: hookMark, value: randomUUID() },
          // The limit is that of the whole run.
          limitMs: Math.max(0, request.limitMs - (performance.now() - begun)),
          signal: request.signal,
        });
        return { kind: 'ran', end };
      } catch (error) {
        if (error instanceof VigilError) return { kind: 'refused', reason: error.message };
        throw error;
      } finally {
        await staging.remove();
      }
    },
    read: async (file) => {
      const answer = await passGate(file);
      if (answer.kind === 'refused') throw new VigilError('refused', answer.reason, { field: 'path' });
      const { bytes, sha256 } = answer.script;
      const text = bytes.toString('utf8');
      if (Buffer.from(text, 'utf8').equals(bytes)) return { text, sha256 };
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
