import { writeSync } from 'node:fs';
import { movePlainSamples } from '../../../../main/adapters/sqlite/move-plain-samples.ts';
import { openMetricsDatabase } from '../../../../main/adapters/sqlite/open-metrics-database.ts';
import { PackedMetrics } from '../../../../main/adapters/sqlite/packed-metrics.ts';

/** Moves the rows of an older file in slices of ten, to be killed meanwhile. Prints how many of each slice are on the disk. */
const [home = '', migrationsFolder = ''] = process.argv.slice(2);
const { db } = openMetricsDatabase({ home, migrationsFolder, now: 0 });
movePlainSamples(new PackedMetrics(db, () => {}), 10, (moved) => void writeSync(1, `${moved}\n`));
