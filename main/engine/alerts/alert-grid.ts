import type { AlertRule } from '../../contract/alert-rule.ts';
import { type AlertVariableName, alertVariable, alertVariableNames } from '../../contract/alert-variables.ts';
import { maintenanceEnd } from '../../contract/maintenance-window.ts';
import type { SampleSource } from '../../contract/sample.ts';
import type { AlertHoldRecord } from '../ports/alert-records.ts';
import type { StoredSample } from '../ports/metrics-store.ts';
import { type Column, type Crossing, evaluateRule, phases, type RuleNumbers, ruleNumbers } from './evaluate-rule.ts';

/** A machine, as far as rules choose by it. */
export interface AlertMachine {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly provider: string;
}

export interface RuleCrossing extends Crossing {
  readonly rule: AlertRule;
  readonly on: AlertMachine;
}

/**
 * Every rule beside every machine, in typed arrays: the newest values, and how each rule stands. Rules and machines may
 * change at any time; what stands of the ones that stay, stays.
 */
export interface AlertGrid {
  /** Another number whenever rules or machines have changed. */
  readonly arrangement: number;
  /** Those that are switched on. */
  setRules(rules: readonly AlertRule[], now: number): void;
  setMachines(machines: readonly AlertMachine[], now: number): void;
  /** A machine that is meant to be at rest has no readings, and misses none. */
  setResting(machineId: string, isResting: boolean, now: number): void;
  /** One round of readings: what is not among them is missing. */
  takeRound(samples: readonly StoredSample[]): void;
  /** What Vigil knows of a machine itself; null when it cannot tell. */
  takeCondition(name: AlertVariableName, machineId: string, value: number | null, at: number): void;
  /** As an earlier life left it: beyond and clear waits, firing, and when there was a value last. */
  restore(
    held: readonly AlertHoldRecord[],
    firing: readonly { readonly rule: string; readonly machineId: string }[],
  ): void;
  /** There was a value then: what is restored may go on from there. */
  sawValue(name: AlertVariableName, machineId: string, at: number): void;
  evaluate(now: number, toleranceMs: number): readonly RuleCrossing[];
  /** Whether a rule is about a machine. */
  concerns(rule: string, machineId: string): boolean;
  /** The value a variable has now; null when it has none. */
  valueOf(name: AlertVariableName, machineId: string): number | null;
}

/** Guests last: what a machine says of itself goes over what its process shows. */
const sourceOrder: readonly SampleSource[] = ['host', 'azure', 'ssh', 'guest'];

interface OwnColumn extends Column {
  /** When there was a value last. */
  readonly lastAt: Float64Array;
}

export function createAlertGrid(): AlertGrid {
  let rules: readonly AlertRule[] = [];
  let numbers: readonly RuleNumbers[] = [];
  let machines: readonly AlertMachine[] = [];
  let indexOf = new Map<string, number>();
  let rowOf = new Map<string, number>();
  let arrangement = 0;
  let phase = new Uint8Array(0);
  let since = new Float64Array(0);
  let resting = new Uint8Array(0);
  let columns = new Map<AlertVariableName, OwnColumn>();

  const rebuild = (nextRules: readonly AlertRule[], nextMachines: readonly AlertMachine[], now: number): void => {
    const count = nextMachines.length;
    const places = nextMachines.map(({ id }) => indexOf.get(id) ?? -1);
    const nextPhase = new Uint8Array(nextRules.length * count);
    const nextSince = new Float64Array(nextRules.length * count);
    for (const [row, rule] of nextRules.entries()) {
      const old = rowOf.get(rule.name);
      for (const [place, machine] of nextMachines.entries()) {
        const cell = row * count + place;
        if (!isAbout(rule, machine)) nextPhase[cell] = phases.outside;
        else {
          const from = places[place] as number;
          if (old === undefined || from < 0) continue;
          const before = old * machines.length + from;
          nextPhase[cell] = phase[before] === phases.outside ? phases.idle : (phase[before] ?? phases.idle);
          nextSince[cell] = since[before] ?? 0;
        }
      }
    }
    const nextResting = new Uint8Array(count);
    for (const [place, from] of places.entries()) nextResting[place] = from < 0 ? 0 : (resting[from] ?? 0);
    columns = new Map(
      alertVariableNames.map((name) => [name, movedColumn(columns.get(name), places, nextResting, now)] as const),
    );
    arrangement += 1;
    rules = nextRules;
    rowOf = new Map(nextRules.map(({ name }, index) => [name, index]));
    numbers = nextRules.map(ruleNumbers);
    machines = nextMachines;
    indexOf = new Map(nextMachines.map(({ id }, index) => [id, index]));
    [phase, since, resting] = [nextPhase, nextSince, nextResting];
  };

  const put = (column: OwnColumn, index: number, value: number, at: number): void => {
    column.values[index] = value;
    if (Number.isNaN(value)) {
      column.before[index] = column.lastAt[index] as number;
      return;
    }
    column.at[index] = at;
    // The same value twice is no second one.
    if (column.lastAt[index] === at) return;
    column.before[index] = column.lastAt[index] as number;
    column.lastAt[index] = at;
  };
  const cellOf = (rule: string, machineId: string): number | null => {
    const row = rowOf.get(rule);
    const index = indexOf.get(machineId);
    return row === undefined || index === undefined ? null : row * machines.length + index;
  };

  return {
    get arrangement() {
      return arrangement;
    },
    setRules: (next, now) => rebuild(next, machines, now),
    setMachines: (next, now) => {
      if (!areSame(machines, next)) rebuild(rules, next, now);
    },
    setResting: (machineId, isResting, now) => {
      const index = indexOf.get(machineId);
      if (index === undefined) return;
      resting[index] = isResting ? 1 : 0;
      if (!isResting) return;
      for (const [name, column] of columns) {
        if (alertVariable(name).source.kind !== 'reading') continue;
        column.values[index] = Number.NaN;
        // Once it runs again it is missed from then on.
        column.lastAt[index] = now;
      }
    },
    takeRound: (samples) => {
      for (const [name, column] of columns) {
        const { source } = alertVariable(name);
        if (source.kind !== 'reading') continue;
        const round = new Float64Array(machines.length).fill(Number.NaN);
        const at = new Float64Array(machines.length);
        for (const from of sourceOrder) {
          for (const sample of samples) {
            const value = sample.source === from ? sample[source.metric] : null;
            const index = value === null ? undefined : indexOf.get(sample.machineId);
            if (index === undefined || value === null) continue;
            round[index] = value;
            at[index] = sample.atMs;
          }
        }
        for (let index = 0; index < machines.length; index += 1)
          put(column, index, round[index] as number, at[index] as number);
      }
    },
    takeCondition: (name, machineId, value, at) => {
      const index = indexOf.get(machineId);
      const column = columns.get(name);
      if (index !== undefined && column !== undefined) put(column, index, value ?? Number.NaN, at);
    },
    restore: (held, firing) => {
      for (const { rule, machineId } of firing) {
        const cell = cellOf(rule, machineId);
        if (cell !== null && phase[cell] !== phases.outside) phase[cell] = phases.firing;
      }
      for (const hold of held) {
        const cell = cellOf(hold.rule, hold.machineId);
        if (cell === null || phase[cell] === phases.outside) continue;
        phase[cell] = phases[hold.phase];
        since[cell] = hold.since;
      }
    },
    sawValue: (name, machineId, at) => {
      const index = indexOf.get(machineId);
      const column = columns.get(name);
      if (index === undefined || column === undefined) return;
      column.lastAt[index] = at;
      column.before[index] = at;
    },
    evaluate: (now, toleranceMs) => {
      const found: RuleCrossing[] = [];
      for (const [row, rule] of rules.entries()) {
        const column = columns.get(rule.metric);
        const inNumbers = numbers[row];
        if (column === undefined || inNumbers === undefined) continue;
        const isOpen = rule.windows === undefined || maintenanceEnd(rule.windows, now) !== null;
        const crossings: Crossing[] = [];
        const look = { now, toleranceMs, isOpen };
        evaluateRule(inNumbers, column, { phase, since }, row * machines.length, machines.length, look, crossings);
        for (const crossing of crossings) {
          const on = machines[crossing.machine];
          if (on !== undefined) found.push({ ...crossing, rule, on });
        }
      }
      return found;
    },
    concerns: (rule, machineId) => {
      const cell = cellOf(rule, machineId);
      return cell !== null && phase[cell] !== phases.outside;
    },
    valueOf: (name, machineId) => {
      const value = columns.get(name)?.values[indexOf.get(machineId) ?? -1] ?? Number.NaN;
      return Number.isNaN(value) ? null : value;
    },
  };
}

/** A rule may name machines by name, id or the beginning of it, tags and providers: each narrows it down. */
export function isAbout(rule: AlertRule, machine: AlertMachine): boolean {
  if (rule.machines !== undefined && !rule.machines.some((wanted) => means(wanted, machine))) return false;
  if (rule.tags !== undefined && !rule.tags.some((tag) => machine.tags.includes(tag))) return false;
  return rule.providers === undefined || rule.providers.some((provider) => provider === machine.provider);
}

const shortestIdPrefix = 8;

function means(reference: string, { id, name }: AlertMachine): boolean {
  return reference === name || (reference.length >= shortestIdPrefix && id.startsWith(reference));
}

function areSame(before: readonly AlertMachine[], after: readonly AlertMachine[]): boolean {
  return (
    before.length === after.length &&
    before.every((machine, index) => {
      const other = after[index];
      return (
        other !== undefined &&
        machine.id === other.id &&
        machine.name === other.name &&
        machine.provider === other.provider &&
        machine.tags.length === other.tags.length &&
        machine.tags.every((tag, place) => tag === other.tags[place])
      );
    })
  );
}

/** A machine that is new is missed from now on. */
function movedColumn(
  old: OwnColumn | undefined,
  places: readonly number[],
  resting: Uint8Array,
  now: number,
): OwnColumn {
  const count = places.length;
  const next: OwnColumn = {
    values: new Float64Array(count).fill(Number.NaN),
    at: new Float64Array(count).fill(now),
    before: new Float64Array(count).fill(now),
    lastAt: new Float64Array(count).fill(now),
    resting,
  };
  for (const [place, from] of places.entries()) {
    if (old === undefined || from < 0) continue;
    for (const key of ['values', 'at', 'before', 'lastAt'] as const) next[key][place] = old[key][from] as number;
  }
  return next;
}
