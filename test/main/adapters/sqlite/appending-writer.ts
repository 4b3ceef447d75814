import { writeSync } from 'node:fs';
import { createSqliteMetricsStore } from '../../../../main/adapters/sqlite/sqlite-metrics-store.ts';
import { storedSample } from './stored-sample.ts';

/** From one tick to the next: hours end all the time, so that it is killed while it folds them, too. */
const tickMs = 11 * 60_000;

/**
 * A writer to be killed: ticks of 20 machines for ever. Prints the number of each tick once it is acknowledged (`after`)
 * or, as the control that must go red, while it is only asked for (`before`).
 */
const [home = '', migrationsFolder = '', order = 'after'] = process.argv.slice(2);
const store = createSqliteMetricsStore({ home, migrationsFolder, log: { write: () => {} } });
await store.open();
const newest = await store.newest();
let tick = Math.max(0, ...newest.map(({ atMs }) => atMs / tickMs));
// Through the descriptor at once: what is acknowledged must not wait in a buffer that dies with us.
const acknowledge = (): void => void writeSync(1, `${tick}\n`);
for (;;) {
  tick += 1;
  const asked = store.append(Array.from({ length: 20 }, (_, index) => storedSample(`machine-${index}`, tick * tickMs)));
  if (order === 'before') acknowledge();
  await asked;
  if (order === 'after') acknowledge();
}
