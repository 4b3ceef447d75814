import type { HookEvent } from '../../contract/hook.ts';

/** What a script is told: as variables of its environment, and as JSON on its standard input. */
export interface HookFacts {
  readonly machine: { readonly id: string; readonly name: string; readonly provider: string };
  readonly event: HookEvent;
  /** ISO 8601 UTC. */
  readonly at: string;
  /** Failed checks in a row; 0 where none led to the event. */
  readonly failures: number;
  /** One sentence. */
  readonly reason: string;
  readonly path: string;
  /** Events of this kind that it is told of together. */
  readonly events: number;
  readonly isTest: boolean;
}

/** One variable must not take the room of all of them: a kernel starts nothing with more than it allows. */
const longestValue = 4096;

/** `AZLIN_` names are those that scripts of an older tool know. */
export function hookEnvironment(facts: HookFacts): Readonly<Record<string, string>> {
  const { machine, event, at, failures, reason } = facts;
  const shared = {
    VM_NAME: machine.name,
    EVENT_TYPE: event,
    TIMESTAMP: at,
    FAILURE_COUNT: String(failures),
  };
  const own = {
    VM_ID: machine.id,
    PROVIDER: machine.provider,
    REASON: reason,
    HOOK_PATH: facts.path,
  };
  return Object.fromEntries([
    ...Object.entries({ ...shared, ...own }).map(([name, value]) => [`VIGIL_${name}`, plainValue(value)]),
    ...Object.entries(shared).map(([name, value]) => [`AZLIN_${name}`, plainValue(value)]),
  ]);
}

export function hookInput({ machine, event, at, failures, reason, path, events, isTest }: HookFacts): string {
  const told = {
    event,
    at,
    machine: { id: machine.id, name: machine.name, provider: machine.provider },
    failures,
    reason,
    hook: path,
    events,
    test: isTest,
  };
  return `${JSON.stringify(told)}\n`;
}

/** A variable ends at a NUL, and nothing can be started with one in it. */
function plainValue(text: string): string {
  return text.replaceAll('\0', '').slice(0, longestValue);
}
