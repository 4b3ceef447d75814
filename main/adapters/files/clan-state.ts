import { z } from 'zod';
import type { ImportFault } from '../../contract/clan-import.ts';
import { MachineName } from '../../contract/machine.ts';
import type { ClanEvent } from '../../engine/ports/clan-folder.ts';

/** `vm-state.json`: a map of machines by name, the same below `vms`, or a list of machines. Keys it has besides are left out. */

/** One machine as the file tells of it. Times ISO 8601 UTC. */
export interface ClanState {
  readonly name: string;
  readonly createdAt: string | null;
  readonly startedAt: string | null;
  readonly stoppedAt: string | null;
  /** The newest of them, oldest first. */
  readonly history: readonly ClanEvent[];
  /** Where the file carries the configuration too. */
  readonly config: Readonly<Record<string, unknown>> | null;
  /** Where it is spoken of first, 1-based. */
  readonly line: number | null;
}

type Fault = Omit<ImportFault, 'file'>;

const mostMachines = 1000;
const mostEvents = 200;
const longestText = 500;

const time = z.string({ error: 'A time is text.' }).max(64, 'That is no time.').nullish();
const Event = z.object({
  timestamp: z.string({ error: 'A time is text.' }).max(64, 'That is no time.'),
  action: z.string({ error: 'An action is text.' }).min(1).max(64, 'At most 64 characters.'),
  user: z.string({ error: 'A user is text.' }).max(256, 'At most 256 characters.').nullish(),
  details: z.unknown().optional(),
});
const State = z.object({
  state: z
    .string({ error: 'A state is RUNNING, STOPPED or PAUSED.' })
    .regex(/^(?:running|stopped|paused)$/i, 'A state is RUNNING, STOPPED or PAUSED.')
    .nullish(),
  pid: z.int({ error: 'A process number is a whole number.' }).nullish(),
  created_at: time,
  last_started: time,
  last_stopped: time,
  history: z.array(Event, { error: 'A history is a list of events.' }).nullish(),
  config: z.record(z.string(), z.unknown(), { error: 'A configuration is a map.' }).nullish(),
});

/** Never throws: what is broken is a fault with its line and field, and the other machines are read. */
export function readClanState(text: string): { states: readonly ClanState[]; faults: readonly Fault[] } {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    const words = error instanceof Error ? error.message : 'It is no JSON.';
    const place = /position (\d+)/.exec(words)?.[1];
    const line = place === undefined ? text.split('\n').length : lineAt(text, Number(place));
    return { states: [], faults: [{ line, field: null, message: `It is no JSON: ${words}.` }] };
  }
  const named = machinesIn(content);
  if (named === null) {
    return { states: [], faults: [{ line: 1, field: null, message: 'It is neither a map nor a list of machines.' }] };
  }
  const states: ClanState[] = [];
  const faults: Fault[] = [];
  for (const [name, value] of named.slice(0, mostMachines)) {
    const begin = typeof name === 'string' ? text.indexOf(JSON.stringify(name)) : -1;
    const line = begin < 0 ? null : lineAt(text, begin);
    const known = MachineName.safeParse(name);
    const parsed = State.safeParse(value);
    if (!known.success) {
      faults.push({ line, field: 'name', message: `${JSON.stringify(name)} cannot be the name of a machine here.` });
    } else if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const place = issue?.path ?? [];
      const field = place.map(String).join('.') || null;
      faults.push({
        line: lineOfField(text, begin, place) ?? line,
        field,
        message: `${known.data}: ${issue?.message ?? 'It is not valid.'}`,
      });
    } else states.push(stateOf(known.data, parsed.data, line));
  }
  if (named.length > mostMachines) {
    faults.push({
      line: null,
      field: null,
      message: `It holds more than ${mostMachines} machines; the rest were left.`,
    });
  }
  return { states, faults };
}

function machinesIn(content: unknown): readonly (readonly [unknown, unknown])[] | null {
  if (Array.isArray(content)) return content.map((item: unknown) => [isMap(item) ? item.name : undefined, item]);
  if (!isMap(content)) return null;
  const { vms } = content;
  if (Array.isArray(vms) || isMap(vms)) return machinesIn(vms);
  return Object.entries(content);
}

function stateOf(name: string, state: z.infer<typeof State>, line: number | null): ClanState {
  return {
    name,
    line,
    createdAt: isoTime(state.created_at),
    startedAt: isoTime(state.last_started),
    stoppedAt: isoTime(state.last_stopped),
    history: (state.history ?? []).slice(-mostEvents).map((event) => ({
      at: isoTime(event.timestamp) ?? event.timestamp,
      action: event.action,
      user: event.user ?? null,
      details: detailsOf(event.details),
    })),
    config: state.config ?? null,
  };
}

/** Without a zone it is the computer's own time, as the other manager wrote it. */
function isoTime(text: string | null | undefined): string | null {
  if (text === null || text === undefined || !/^\d{4}-\d\d-\d\d/.test(text)) return null;
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}

function detailsOf(details: unknown): string | null {
  if (details === null || details === undefined || details === '') return null;
  const text = typeof details === 'string' ? details : JSON.stringify(details);
  return text.slice(0, longestText);
}

/** The line of a key, looked for after the machine's own begin: near enough to find it. */
function lineOfField(text: string, begin: number, place: readonly PropertyKey[]): number | null {
  let at = Math.max(0, begin);
  for (const key of place) {
    if (typeof key !== 'string') continue;
    const next = text.indexOf(`${JSON.stringify(key)}`, at);
    if (next < 0) return null;
    at = next;
  }
  return place.length === 0 ? null : lineAt(text, at);
}

function lineAt(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
