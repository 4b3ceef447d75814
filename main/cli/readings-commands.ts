import path from 'node:path';
import type { Command } from 'commander';
import type { Connection } from '../contract/connection.ts';
import { VigilError } from '../contract/failure.ts';
import type { RollUp } from '../contract/roll-up.ts';
import { type SampleMetric, type SampleSource, sampleSources } from '../contract/sample.ts';
import type { CliContext } from './cli-context.ts';
import type { RunCommand } from './command-run.ts';
import { wholeNumber } from './flag-values.ts';
import { metricName, metricNames, sourceName } from './metric-names.ts';
import { plainJson, plainText } from './plain-text.ts';
import { printOneMetric, printRollUps } from './print-roll-ups.ts';
import { saveFile } from './save-file.ts';
import { textTable } from './text-table.ts';

interface HistoryFlags {
  readonly days?: number;
  readonly metric?: SampleMetric;
  readonly source?: SampleSource;
  readonly export?: string;
}

interface Range {
  readonly machine: string;
  readonly from: string;
  readonly to: string;
}

const dayMs = 86_400_000;
/** Up to so many days are told by the hour. */
const hourlyDays = 7;
/** Guests first, as everywhere. */
const byWorth: readonly SampleSource[] = ['guest', 'ssh', 'azure', 'host'];

/** `monitor history` and `monitor sql`: what machines did. */
export function addReadingsCommands(monitor: Command, run: RunCommand): void {
  monitor
    .command('history')
    .summary('show what a machine did over time')
    .description(
      'Show what a machine did: the average of each hour with the highest in brackets, beyond 7 days of each day; hours and days are those of UTC. A value that is not known is a dash. With --export every single reading is saved as CSV, with hours and days where single readings are gone already.',
    )
    .argument('<vm>', 'name or id')
    .option('--days <n>', 'so far back, 1 to 3650 (7)', wholeNumber('days'))
    .option('--metric <m>', `only this value, in its own unit: ${Object.values(metricNames).join(', ')}`, metricName)
    .option(
      '--source <s>',
      `as ${sampleSources.join(', ')} tells it; the guest where it tells, else its process`,
      sourceName,
    )
    .option('--export <f.csv>', 'save the readings with all their values as CSV instead')
    .addHelpText('after', '\nExample:\n  vigil monitor history demo --days 30 --export demo.csv')
    .action(async (vm: string, flags: HistoryFlags, command: Command) => {
      await run(command, async (context) => {
        const { days = hourlyDays } = flags;
        if (days < 1 || days > 3650)
          throw new VigilError('bad-input', 'A number of days from 1 to 3650.', { field: 'days' });
        const now = Date.now();
        const range = { machine: vm, from: isoOf(now - days * dayMs), to: isoOf(now) };
        const connection = await context.engine();
        if (flags.export !== undefined) await exportCsv(connection, range, flags.export, flags, context);
        else tellHistory(await historyOf(connection, range, days, flags.source), flags, context);
        return 0;
      });
    });

  monitor
    .command('sql')
    .summary('ask about readings in SQL')
    .description(
      'Answer one SELECT over the table `metrics`: id, vm_name, timestamp, cpu_percent, memory_percent, disk_read_bytes, disk_write_bytes, network_in_bytes, network_out_bytes (per second), success, error_message, aggregation_level (raw, hourly, daily), created_at, disk_percent, source. It only reads, for a few seconds and some thousand rows at most: name a machine, a level or a time.',
    )
    .argument('<query>', 'the SELECT, in quotes')
    .option('--limit <n>', 'at most so many rows, 1 to 10000 (1000)', wholeNumber('limit'))
    .addHelpText(
      'after',
      '\nExample:\n  vigil monitor sql "SELECT vm_name, max(cpu_percent) FROM metrics WHERE aggregation_level = \'daily\' GROUP BY vm_name"',
    )
    .action(async (query: string, flags: { readonly limit?: number }, command: Command) => {
      await run(command, async (context) => {
        const connection = await context.engine();
        const limit = flags.limit === undefined ? {} : { limit: flags.limit };
        const { columns, rows, isCut } = await connection.call('metrics.sql', { query, ...limit });
        const { terminal } = context;
        if (context.json) {
          terminal.out(
            plainJson(rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at] ?? null])))),
          );
        } else {
          const cells = rows.map((row) => row.map((value) => ({ text: value === null ? '-' : String(value) })));
          terminal.out(textTable(columns, cells, terminal.hasColour));
        }
        if (isCut) terminal.err(`There are more rows; ${rows.length} are shown. --limit shows up to 10000.`);
        return 0;
      });
    });
}

/** The source that was asked for; without one, the first that told anything. */
async function historyOf(
  connection: Connection,
  range: Range,
  days: number,
  source: SampleSource | undefined,
): Promise<readonly RollUp[]> {
  const level = days <= hourlyDays ? 'hourly' : 'daily';
  const all = await connection.call('metrics.roll-ups', { ...range, level });
  const tells = (each: SampleSource): boolean => all.some((one) => one.source === each && one.readings > 0);
  const chosen = source ?? byWorth.find(tells) ?? byWorth.find((each) => all.some((one) => one.source === each));
  return all.filter((one) => one.source === chosen);
}

function tellHistory(rollUps: readonly RollUp[], { metric }: HistoryFlags, { json, terminal }: CliContext): void {
  if (json) {
    const told =
      metric === undefined ? rollUps : rollUps.map((one) => ({ ...one, metrics: { [metric]: one.metrics[metric] } }));
    terminal.out(plainJson(told));
    return;
  }
  if (rollUps.length === 0) {
    terminal.err('No readings in that time.');
    return;
  }
  terminal.out(
    metric === undefined
      ? printRollUps(rollUps, terminal.hasColour)
      : printOneMetric(rollUps, metric, terminal.hasColour),
  );
  const source = rollUps[0]?.source;
  terminal.err(
    source === 'host'
      ? 'As its process on this computer is seen (source host).'
      : `As the machine itself tells (source ${source}).`,
  );
}

async function exportCsv(
  connection: Connection,
  range: Range,
  given: string,
  { source }: HistoryFlags,
  { json, terminal }: CliContext,
): Promise<void> {
  const file = path.resolve(given);
  const pieces: Buffer[] = [];
  let rows = 0;
  for (let after: string | null | undefined; after !== null; ) {
    const piece = await connection.call('metrics.export', {
      ...range,
      ...(source === undefined ? {} : { source }),
      ...(after === undefined ? {} : { after }),
    });
    pieces.push(Buffer.from(piece.text));
    rows += piece.rows;
    after = piece.next;
  }
  await saveFile(file, Buffer.concat(pieces));
  if (json) terminal.out(plainJson({ file, rows }));
  else terminal.out(`${rows} rows saved to ${plainText(file)}.`);
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
