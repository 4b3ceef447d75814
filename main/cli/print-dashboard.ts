import type { CurrentReading, CurrentValue } from '../contract/current-reading.ts';
import { severityOf } from '../contract/machine-condition.ts';
import { stateWords } from '../contract/state-words.ts';
import { clockTime } from './clock-time.ts';
import type { DashboardFacts, DashboardRow } from './dashboard-rows.ts';
import { plainText } from './plain-text.ts';
import { printDuration } from './print-duration.ts';
import { healthOf } from './print-machines.ts';
import { type Cell, type Colour, coloured, textTable } from './text-table.ts';

const head = ['VM NAME', 'STATE', 'CPU %', 'MEMORY %', 'DISK %', 'DISK R/W MB/s', 'NET IN/OUT MB/s', 'AGE', 'HEALTH'];
const noReading = '----';

/** The table alone: what is printed where nobody watches. */
export function printDashboard({ rows }: DashboardFacts, now: number, hasColour: boolean): string {
  return textTable(
    head,
    rows.map((row) => cellsOf(row, now)),
    hasColour,
  );
}

export interface DashboardFrame {
  readonly facts: DashboardFacts;
  /** Why the last refresh failed; null when it did not. */
  readonly fault: string | null;
  readonly intervalSeconds: number;
  /** When the next refresh is due, wall-clock milliseconds. */
  readonly dueAt: number;
  readonly now: number;
  /** The size of the terminal. */
  readonly size: { readonly rows: number; readonly columns: number };
}

/** A whole screen of exactly so many lines, none of them longer than the terminal is wide. */
export function dashboardFrame(frame: DashboardFrame, hasColour: boolean): readonly string[] {
  const { facts, fault, intervalSeconds, dueAt, now, size } = frame;
  const title = `Vigil: ${totalsOf(facts.rows)}   updated ${clockTime(facts.updatedAt)}`;
  const left = Math.max(0, Math.ceil((dueAt - now) / 1000));
  const foot = `next in ${printDuration(left)}, every ${printDuration(intervalSeconds)}   q quit  r refresh  + faster  - slower`;
  const room = Math.max(1, size.rows - (fault === null ? 3 : 4));
  const table = printDashboard(facts, now, hasColour).split('\n');
  const isCut = table.length > room;
  const shown = isCut ? table.slice(0, Math.max(1, room - 1)) : table;
  const body = [
    title,
    '',
    ...shown,
    ...(isCut ? [`and ${table.length - shown.length} more`] : []),
    ...(fault === null ? [] : [coloured(`error: ${plainText(fault)}`, 'red', hasColour)]),
  ];
  const blank = Array.from({ length: Math.max(0, size.rows - 1 - body.length) }, () => '');
  return [...body.slice(0, size.rows - 1), ...blank, foot].slice(-size.rows).map((line) => cutTo(line, size.columns));
}

function totalsOf(rows: readonly DashboardRow[]): string {
  const severe = rows.map(({ machine }) => severityOf(machine, undefined));
  const count = (wanted: string): number => severe.filter((severity) => severity === wanted).length;
  const parts = [
    `${rows.length} ${rows.length === 1 ? 'machine' : 'machines'}`,
    ...[
      [count('critical'), 'unhealthy'],
      [count('warning'), 'degraded'],
      [count('unknown'), 'unknown'],
    ].flatMap(([number, word]) => (number === 0 ? [] : [`${number} ${word}`])),
  ];
  return parts.join(', ');
}

function cellsOf({ machine, reading }: DashboardRow, now: number): readonly Cell[] {
  const name: Cell = { text: machine.name };
  const state: Cell = { text: stateWords[machine.state].toLowerCase() };
  const health: Cell = { text: healthOf(machine.health) };
  switch (reading.kind) {
    case 'nothing':
    case 'waiting':
      return [name, state, ...Array.from({ length: 6 }, () => ({ text: '-' })), health];
    case 'failed': {
      const none = { text: noReading };
      const reason: Cell = { text: `ERROR: ${reading.reason}`, colour: 'red' };
      return [name, state, none, none, none, none, none, { text: ageOf(reading.at, now) }, reason];
    }
    case 'read': {
      const { values } = reading;
      return [
        name,
        state,
        percent(values.cpuPercent),
        percent(values.memoryPercent),
        percent(values.diskPercent),
        rates(values.diskReadBytesPerSecond, values.diskWriteBytesPerSecond),
        rates(values.networkInBytesPerSecond, values.networkOutBytesPerSecond),
        { text: ageOf(reading.at, now) },
        health,
      ];
    }
  }
}

/** Under 70 green, to 85 yellow with one mark, above that red with two: it can be told without its colour. */
function percent({ value, why }: CurrentValue): Cell {
  if (value === null) return { text: why === null ? '-' : noReading };
  const [colour, mark]: readonly [Colour, string] =
    value > 85 ? ['red', ' !!'] : value >= 70 ? ['yellow', ' !'] : ['green', ''];
  return { text: `${value.toFixed(1).padStart(5)}${mark}`, colour };
}

function rates(one: CurrentValue, other: CurrentValue): Cell {
  if (one.value === null && other.value === null) return { text: (one.why ?? other.why) === null ? '-' : noReading };
  const words = ({ value }: CurrentValue): string => (value === null ? noReading : (value / 1e6).toFixed(1));
  return { text: `${words(one)} / ${words(other)}` };
}

function ageOf(at: string | null, now: number): string {
  return at === null ? '-' : printDuration(Math.max(0, (now - Date.parse(at)) / 1000));
}

/** What a script reads of a row: null where nothing is known. */
export function dashboardEntry({ machine, reading }: DashboardRow): unknown {
  const { id, name, state, health } = machine;
  const base = { id, machine: name, state, health: health.status };
  if (reading.kind === 'read') {
    const values = Object.fromEntries(Object.entries(reading.values).map(([metric, { value }]) => [metric, value]));
    return { ...base, at: reading.at, success: true, ...values };
  }
  return { ...base, at: reading.kind === 'failed' ? reading.at : null, ...failureOf(reading), ...nothing };
}

function failureOf(reading: CurrentReading): { readonly success: boolean | null; readonly error?: string } {
  return reading.kind === 'failed' ? { success: false, error: reading.reason } : { success: null };
}

const nothing = {
  cpuPercent: null,
  memoryPercent: null,
  diskPercent: null,
  diskReadBytesPerSecond: null,
  diskWriteBytesPerSecond: null,
  networkInBytesPerSecond: null,
  networkOutBytesPerSecond: null,
};

/** Colours take no room. */
function cutTo(line: string, columns: number): string {
  let left = columns;
  let cut = '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with one
  for (const [part] of line.matchAll(/\x1b\[\d+m|./gsu)) {
    if (part.startsWith('\x1b')) cut += part;
    else if (left > 0) {
      cut += part;
      left -= 1;
    }
  }
  return cut;
}
