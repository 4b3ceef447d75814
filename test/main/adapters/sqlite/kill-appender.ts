import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createMetricsRows } from '../../../../main/adapters/sqlite/metrics-rows.ts';
import { openMetricsDatabase } from '../../../../main/adapters/sqlite/open-metrics-database.ts';
import { randomFrom } from './kill-writer.ts';

const migrationsFolder = fileURLToPath(new URL('../../../../resources/migrations/metrics', import.meta.url));
const writer = fileURLToPath(new URL('./appending-writer.ts', import.meta.url));
/** As the writer has it, which cannot be imported: it begins to write. */
const tickMs = 11 * 60_000;
/** In one data home, so that it does not grow without end. */
const killsPerHome = 25;

export interface AppenderReport {
  readonly kills: number;
  readonly acknowledged: number;
  /** Times that an acknowledged tick was not there afterwards. */
  readonly lost: number;
  /** Machines of which a tick, an hour or a day was missing, doubled or wrong. */
  readonly torn: number;
  /** Times that SQLite found fault with the file, or that something of it was damaged. */
  readonly damaged: number;
}

/**
 * Kills a real process that keeps readings with signal 9, again and again, each time after a number of acknowledgements that
 * the seed decides, and looks at what is there: ticks, hours and days. `before` is the control: a writer that acknowledges
 * what it has not written yet.
 */
export async function killAppender(options: {
  readonly home: string;
  readonly kills: number;
  readonly seed: number;
  readonly order: 'after' | 'before';
}): Promise<AppenderReport> {
  let [acknowledged, lost, torn, damaged] = [0, 0, 0, 0];
  const oneHome = async (done: number): Promise<void> => {
    const chance = randomFrom(options.seed + done);
    const home = path.join(options.home, `home-${done}`);
    mkdirSync(home, { mode: 0o700 });
    for (let kill = 0; kill < Math.min(killsPerHome, options.kills - done); kill += 1) {
      const life = await oneLife(home, options.order, 3 + Math.floor(chance() * 45));
      acknowledged += life.heard;
      const found = lookInto(home);
      if (found.ticks < life.last) lost += 1;
      torn += found.torn;
      damaged += found.damaged;
    }
  };
  const waiting = Array.from({ length: Math.ceil(options.kills / killsPerHome) }, (_, index) => index * killsPerHome);
  const lane = async (): Promise<void> => {
    for (let done = waiting.shift(); done !== undefined; done = waiting.shift()) await oneHome(done);
  };
  await Promise.all([lane(), lane()]);
  return { kills: options.kills, acknowledged, lost, torn, damaged };
}

/** How many ticks are there, and what is not as it should be. Leaves the files as the dead writer did, but for the log. */
function lookInto(home: string): { readonly ticks: number; readonly torn: number; readonly damaged: number } {
  let damaged = 0;
  const { db, trouble } = openMetricsDatabase({ home, migrationsFolder, now: 0 });
  try {
    if (trouble !== null || db.pragma('integrity_check', { simple: true }) !== 'ok') damaged += 1;
    const rows = createMetricsRows(db, () => {
      damaged += 1;
    });
    const newest = rows.newest();
    const ticks = Math.max(0, ...newest.map(({ atMs }) => atMs / tickMs));
    const torn = newest.filter(({ machineId, atMs }) => {
      const all = { machineId, source: 'host', fromMs: 0, toMs: 9e15 } as const;
      const moments = rows.slice({ ...all, limit: 1e6 }).atMs;
      const isWhole = moments.length === ticks && moments.every((at, index) => at === (index + 1) * tickMs);
      const isRolledUp = (['hourly', 'daily'] as const).every((level) => {
        const [rolled] = rows.rollUps({ ...all, machineIds: [machineId], level, metrics: [] });
        return rolled?.readings.reduce((sum, each) => sum + each, 0) === ticks;
      });
      return atMs !== newest[0]?.atMs || !isWhole || !isRolledUp;
    }).length;
    return { ticks, torn, damaged };
  } finally {
    db.close();
  }
}

/** The last tick that was acknowledged before the writer died, and how many were. */
async function oneLife(
  home: string,
  order: string,
  enough: number,
): Promise<{ readonly heard: number; readonly last: number }> {
  const child = spawn(process.execPath, [writer, home, migrationsFolder, order], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: path.join(path.dirname(home), 'compiled') },
  });
  let [heard, last] = [0, 0];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    last = Number(line);
    heard += 1;
    if (heard === enough) child.kill('SIGKILL');
  });
  const [[code, signal]] = await Promise.all([once(child, 'exit'), once(lines, 'close')]);
  if (signal !== 'SIGKILL') throw new Error(`the writer ended by itself: ${code ?? signal}`);
  return { heard, last };
}
