import { parseArgs } from 'node:util';
import type { Lane } from './lane.ts';
import { lanes } from './lanes.ts';
import { reportJson, reportText } from './report.ts';
import { type LaneResult, runLane } from './run-lane.ts';

/** `[--lane P6,P7] [--title WORDS] [--rounds N] [--json]`. Exit code 1 when a lane crashed; a goal that is not met is a finding, no failure. */

const command = readArguments();
const chosen = lanes.filter(
  ({ id, title }) => (command.ids === null || command.ids.includes(id)) && title.includes(command.title),
);
const unknown = (command.ids ?? []).filter((id) => !lanes.some((lane) => lane.id === id));
if (unknown.length > 0)
  refuse(`There is no lane ${unknown.join(', ')}; there are ${[...new Set(lanes.map(({ id }) => id))].join(', ')}.`);
if (chosen.length === 0) refuse(`No lane of these has '${command.title}' in its title.`);

const results: LaneResult[] = [];
for (const lane of chosen) {
  const rounds = command.rounds ?? lane.rounds;
  console.error(`${lane.id} ${lane.title}: ${rounds} rounds...`);
  results.push(await runLane(lane, rounds));
}
console.log(command.json ? JSON.stringify(reportJson(results), null, 2) : reportText(results));
// Whatever a crashed lane left open must not keep us here.
process.exit(results.some(({ kind }) => kind === 'crashed') ? 1 : 0);

function readArguments(): {
  readonly ids: readonly Lane['id'][] | null;
  readonly title: string;
  readonly rounds: number | null;
  readonly json: boolean;
} {
  const text = { type: 'string' } as const;
  const options = { lane: text, title: text, rounds: text, json: { type: 'boolean' } } as const;
  try {
    const { values } = parseArgs({ options, strict: true });
    const rounds = values.rounds === undefined ? null : Number(values.rounds);
    if (rounds !== null && !(Number.isInteger(rounds) && rounds >= 1))
      throw new Error('--rounds needs a whole number from 1.');
    return { ids: values.lane?.split(',') ?? null, title: values.title ?? '', rounds, json: values.json ?? false };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(message: string): never {
  console.error(`${message}\nUsage: npm run bench -- [--lane P6,P7] [--title WORDS] [--rounds N] [--json]`);
  process.exit(2);
}
