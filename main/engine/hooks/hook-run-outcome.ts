import type { HookEvent, HookOutcome, HookRun } from '../../contract/hook.ts';
import type { Happening } from '../journal/ledger.ts';
import type { HookRunEnd } from '../ports/hook-scripts.ts';
import { type HookFacts, hookEnvironment } from './hook-facts.ts';
import { shellWord } from './shell-word.ts';

/** How a run went, as what is kept of it and as an entry of the journal. */

/** Per stream. */
const outputKeptBytes = 64 * 1024;

export type HookEnd =
  | HookRunEnd
  /** Nobody approved its bytes. */
  | { readonly kind: 'waiting' }
  /** It was under way when the engine was cut short. */
  | { readonly kind: 'lost' }
  /** There was no time for it. */
  | { readonly kind: 'dropped'; readonly reason: string };

export interface EndedHook {
  readonly facts: HookFacts;
  readonly end: HookEnd;
  readonly id: string;
  /** When it began, or was not begun. */
  readonly at: string;
  readonly cause: number | null;
  readonly limitMs: number;
}

/** How to approve the present bytes of a script. */
export function approveHint(machine: string, event: HookEvent, path: string): string {
  return `vigil lifecycle hook ${shellWord(machine)} ${event} ${shellWord(path)}`;
}

export function hookRunOf({ facts, end, id, at, cause, limitMs }: EndedHook): HookRun {
  const { machine, event, path } = facts;
  const ran = end.kind === 'ran' ? end.end : null;
  const outcome = outcomeOf(end);
  return {
    id,
    machineId: machine.id,
    machine: machine.name,
    event,
    path,
    at,
    outcome,
    summary: `${summaryOf(facts, end, outcome, limitMs)}${ran === null || ran.survivors === 0 ? '' : ` ${ran.survivors} of its processes could not be ended.`}`,
    exitCode: ran?.exitCode ?? null,
    signal: ran?.signal ?? null,
    durationMs: ran === null ? null : Math.round(ran.durationMs),
    survivors: ran?.survivors ?? 0,
    stdout: headAndTail(ran?.stdout ?? ''),
    stderr: headAndTail(ran?.stderr ?? ''),
    isTest: facts.isTest,
    events: facts.events,
    cause,
    environment: hookEnvironment(facts),
  };
}

export function hookBegun({ machine, event, path }: HookFacts, cause: number | null): Happening {
  return {
    action: 'hook.begun',
    actor: 'hook',
    machine: { id: machine.id, name: machine.name },
    summary: `The hook ${event} of '${machine.name}' was begun.`,
    details: { event, path },
    ...(cause === null ? {} : { cause }),
  };
}

export function hookHappening(run: HookRun): Happening {
  return {
    action: run.outcome === 'done' ? 'hook.ran' : isUnrun(run) ? 'hook.refused' : 'hook.failed',
    actor: 'hook',
    machine: { id: run.machineId, name: run.machine },
    summary: run.summary,
    details: {
      event: run.event,
      path: run.path,
      outcome: run.outcome,
      exitCode: run.exitCode,
      durationMs: run.durationMs,
      run: run.id,
      ...(run.isTest ? { test: true } : {}),
      ...(run.events > 1 ? { events: run.events } : {}),
    },
    ...(run.cause === null ? {} : { cause: run.cause }),
  };
}

function isUnrun({ outcome }: HookRun): boolean {
  return outcome === 'refused' || outcome === 'dropped';
}

function outcomeOf(end: HookEnd): HookOutcome {
  switch (end.kind) {
    case 'dropped':
      return 'dropped';
    case 'lost':
      return 'cancelled';
    case 'waiting':
    case 'refused':
    case 'changed':
      return 'refused';
    case 'ran':
      if (end.end.ended === 'limit') return 'limit';
      if (end.end.ended === 'cancelled') return 'cancelled';
      return end.end.exitCode === 0 ? 'done' : 'failed';
  }
}

function summaryOf(
  { machine, event, path, events, isTest }: HookFacts,
  end: HookEnd,
  outcome: HookOutcome,
  limitMs: number,
): string {
  const hook = `The hook ${event} of '${machine.name}'`;
  const many = events > 1 ? `, told of ${events} events together,` : '';
  const test = isTest ? ', fired as a test,' : '';
  switch (end.kind) {
    case 'waiting':
      return `${hook} was not run: nobody approved ${path} yet. Look at it, then run: ${approveHint(machine.name, event, path)}`;
    case 'changed':
      return `${hook} was not run: ${path} is no longer what was approved. Look at it, then run: ${approveHint(machine.name, event, path)}`;
    case 'refused':
      return `${hook} was not run: ${end.reason}`;
    case 'dropped':
      return `${hook} was not run: ${end.reason}`;
    case 'lost':
      return `${hook} was under way when Vigil was cut short; how it went on is not known, and it is not run again.`;
    case 'ran': {
      const seconds = (end.end.durationMs / 1000).toFixed(1);
      if (outcome === 'limit') return `${hook}${test}${many} was ended at its limit of ${limitMs / 1000} s.`;
      if (outcome === 'cancelled') return `${hook}${test}${many} was ended after ${seconds} s because Vigil ended.`;
      if (outcome === 'done') return `${hook}${test}${many} ran in ${seconds} s.`;
      const how = end.end.exitCode === null ? `by ${end.end.signal ?? 'a signal'}` : `with ${end.end.exitCode}`;
      return `${hook}${test}${many} ended ${how} after ${seconds} s.`;
    }
  }
}

/** By characters: an output of other scripts than Latin keeps as much to read, and at most three times the bytes. */
function headAndTail(text: string): string {
  if (text.length <= outputKeptBytes) return text;
  const half = outputKeptBytes / 2;
  const left = text.length - 2 * half;
  return `${text.slice(0, half)}\n[${left} characters left out]\n${text.slice(-half)}`;
}
