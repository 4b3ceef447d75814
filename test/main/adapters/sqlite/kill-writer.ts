import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { migrationsFolder } from './state-samples.ts';

const writer = fileURLToPath(new URL('./committing-writer.ts', import.meta.url));

export interface KillReport {
  readonly rounds: number;
  readonly acknowledged: number;
  /** Acknowledged and not there afterwards. */
  readonly lost: number;
  /** Commits of which only a part is there. */
  readonly torn: number;
  /** Times the file was not what it should be. */
  readonly damaged: number;
}

/** What one writer finds of those before it. */
export interface FoundState {
  readonly entries: readonly number[];
  /** Of the machines: each commit wrote one with the number of its entry. */
  readonly generations: readonly number[];
  /** The sentence about a restored backup. */
  readonly restored: string | null;
}

/** Kills in one data home, so that it does not grow without end; what was acknowledged in it is looked for after each. */
const killsPerHome = 50;

/**
 * Kills a real writer process with signal 9 again and again, each time after a number of acknowledgements that the seed
 * decides. The next one is a new process that opens the same files and tells what is there.
 */
export async function killWriter(options: {
  readonly home: string;
  readonly rounds: number;
  readonly seed: number;
  /** `before`: the control, a writer that acknowledges what it has not written yet. */
  readonly acknowledges: 'after' | 'before';
}): Promise<KillReport> {
  let [total, lost, torn, damaged] = [0, 0, 0, 0];
  const oneHome = async (done: number): Promise<void> => {
    const random = randomFrom(options.seed + done);
    const home = path.join(options.home, String(done));
    mkdirSync(home, { mode: 0o700 });
    const acknowledged = new Set<number>();
    const compare = (found: FoundState): void => {
      const [entries, generations] = [new Set(found.entries), new Set(found.generations)];
      for (const id of acknowledged) {
        if (entries.has(id)) continue;
        lost += 1;
        // What is lost counts once, and its number is given out again.
        acknowledged.delete(id);
      }
      torn += found.entries.filter((id) => !generations.has(id)).length;
      torn += found.generations.filter((id) => !entries.has(id)).length;
      damaged += found.restored === null ? 0 : 1;
    };
    const kills = Math.min(killsPerHome, options.rounds - done);
    for (let kill = 0; kill < kills; kill += 1) {
      const life = await oneLife(home, options.acknowledges, 1 + Math.floor(random() * 60));
      compare(life.found);
      total += life.heard.length;
      for (const id of life.heard) acknowledged.add(id);
    }
    compare((await oneLife(home, options.acknowledges, 0)).found);
  };
  const waiting = Array.from({ length: Math.ceil(options.rounds / killsPerHome) }, (_, index) => index * killsPerHome);
  const lane = async (): Promise<void> => {
    for (let done = waiting.shift(); done !== undefined; done = waiting.shift()) await oneHome(done);
  };
  // The writers wait for the disk most of the time.
  await Promise.all([lane(), lane()]);
  return { rounds: options.rounds, acknowledged: total, lost, torn, damaged };
}

/** With every acknowledgement that reached us, also those that were on their way when the writer died. */
async function oneLife(
  home: string,
  acknowledges: string,
  enough: number,
): Promise<{ readonly found: FoundState; readonly heard: readonly number[] }> {
  const child = spawn(process.execPath, [writer, home, migrationsFolder, acknowledges], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: path.join(path.dirname(home), 'compiled') },
  });
  let found: FoundState | null = null;
  const heard: number[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    if (found === null) found = JSON.parse(line);
    else heard.push(Number(line));
    if (heard.length === enough) child.kill('SIGKILL');
  });
  const [[code, signal]] = await Promise.all([once(child, 'exit'), once(lines, 'close')]);
  if (signal !== 'SIGKILL' || found === null) throw new Error(`the writer ended by itself: ${code ?? signal}`);
  return { found, heard };
}

/** Small, and the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
