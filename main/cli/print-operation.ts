import type { Operation, OperationKind } from '../contract/operation.ts';
import { operationWords } from '../contract/operation-words.ts';
import { plainText } from './plain-text.ts';

/** How an ended operation went, in a sentence. The rung of the stop ladder is named. */
export function printOperation({ kind, machine, state, result, error }: Operation): string {
  const name = plainText(machine);
  switch (state) {
    case 'done': {
      const started = kind === 'create' && result?.pid !== undefined ? ' and started' : '';
      const rung = result?.rung === undefined ? '' : ` (${result.rung})`;
      const made = result?.made === undefined ? '' : ` to '${plainText(result.made)}'`;
      const note = result?.note === undefined ? '' : `: ${plainText(result.note)}`;
      return `Machine '${name}' ${operationWords[kind].done}${started}${rung}${made}${note}`;
    }
    case 'failed':
      return failedToBegin(kind, name, plainText(error?.message ?? 'no reason was given'));
    case 'cancelled':
      return `Machine '${name}': ${operationWords[kind].verb} was cancelled`;
    case 'running':
      return `Machine '${name}': ${operationWords[kind].verb} is under way`;
  }
}

/** What to do next, where the verb alone does not bring it about; null when there is nothing. */
export function hintOf({ machine, state, result, error }: Operation): string | null {
  if (error?.hint !== undefined) return plainText(error.hint);
  if (state === 'done' && result?.pending === true) {
    return `It takes effect at the next start: vigil restart ${plainText(machine)}`;
  }
  if (state === 'done' && result?.restorableUntil !== undefined) {
    return `Until ${result.restorableUntil} it can be brought back: vigil undelete ${plainText(machine)}`;
  }
  return null;
}

/** The same sentence for a verb that was refused before it became an operation. */
export function failedToBegin(kind: OperationKind, machine: string, reason: string): string {
  return `Machine '${plainText(machine)}' failed to ${operationWords[kind].verb}: ${plainText(reason)}`;
}
