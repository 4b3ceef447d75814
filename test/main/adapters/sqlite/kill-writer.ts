import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createSqliteStateStore } from '../../../../main/adapters/sqlite/sqlite-state-store.ts';
import { RecordingLog } from '../../../support/fake-ports.ts';
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

/**
 * Kills a real writer process with signal 9 again and again, each time after a number of acknowledgements that the seed
 * decides, and looks each time what is there.
 */
export async function killWriter(options: {
  readonly home: string;
  readonly rounds: number;
  readonly seed: number;
  /** `before`: the control, a writer that acknowledges what it has not written yet. */
  readonly acknowledges: 'after' | 'before';
}): Promise<KillReport> {
  const random = randomFrom(options.seed);
  const acknowledged = new Set<number>();
  let [lost, torn, damaged] = [0, 0, 0];
  for (let round = 0; round < options.rounds; round += 1) {
    const heard = await oneLife(options.home, options.acknowledges, 1 + Math.floor(random() * 60));
    for (const id of heard) acknowledged.add(id);
    const found = await look(options.home);
    for (const id of acknowledged) if (!found.entries.has(id)) lost += 1;
    torn += found.torn;
    damaged += found.damaged;
    // What is lost counts once, and its number is given out again.
    for (const id of acknowledged) if (!found.entries.has(id)) acknowledged.delete(id);
  }
  return { rounds: options.rounds, acknowledged: acknowledged.size + lost, lost, torn, damaged };
}

/** Every acknowledgement that reached us, also those that were on their way when the writer died. */
async function oneLife(home: string, acknowledges: string, enough: number): Promise<readonly number[]> {
  const child = spawn(process.execPath, [writer, home, migrationsFolder, acknowledges], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const heard: number[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    heard.push(Number(line));
    if (heard.length === enough) child.kill('SIGKILL');
  });
  const [[code, signal]] = await Promise.all([once(child, 'exit'), once(lines, 'close')]);
  if (signal !== 'SIGKILL') throw new Error(`the writer ended by itself: ${code ?? signal}`);
  return heard;
}

async function look(home: string): Promise<{ entries: ReadonlySet<number>; torn: number; damaged: number }> {
  const store = createSqliteStateStore({ home, migrationsFolder, log: new RecordingLog() });
  try {
    const { machines, restored } = await store.open();
    const entries = new Set((await store.readJournal({ limit: 1_000_000 })).map((entry) => entry.id));
    const generations = new Set(machines.map((machine) => machine.generation));
    const torn = [...entries].filter((id) => !generations.has(id)).length + Math.abs(entries.size - generations.size);
    return { entries, torn, damaged: restored === null ? 0 : 1 };
  } finally {
    await store.close();
  }
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
