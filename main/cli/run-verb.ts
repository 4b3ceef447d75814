import type { Connection } from '../contract/connection.ts';
import { type Failure, failureOf } from '../contract/failure.ts';
import type { Operation, OperationKind } from '../contract/operation.ts';
import type { SocketConnection } from '../transport/client/socket-connection.ts';
import type { CliContext } from './cli-context.ts';
import { plainJson } from './plain-text.ts';
import { printFailure } from './print-failure.ts';
import { failedToBegin, hintOf, printOperation } from './print-operation.ts';
import { waitForOperation } from './wait-for-operation.ts';

export interface Verb {
  readonly kind: OperationKind;
  /** The command takes `--timeout` for itself instead of as a limit for the wait. */
  readonly ownTimeout?: boolean;
  begin(connection: Connection, name: string): Promise<Operation>;
  /** True for an end that was reached but tells of something bad: the exit code is 1 then. */
  isBad?(operation: Operation): boolean;
  /** It is done, and said so: what else there is to print, unless JSON is wanted. */
  ended?(operation: Operation): void;
}

type Attempt = { readonly operation: Operation } | { readonly error: Failure };

/** At once; the engine takes more, but one connection only so many. */
const together = 8;

/**
 * Does a verb to every named machine, whatever becomes of the others, and returns when all have ended. Prints a sentence
 * each, or with `--json` the operation itself for one name and a list for several. 0 when all were done; 2 when a single
 * one was asked for wrongly; otherwise 1.
 */
export async function runVerb(names: readonly string[], verb: Verb, context: CliContext): Promise<number> {
  const connection = await context.engine({ ownTimeout: verb.ownTimeout ?? false });
  const attempts: Attempt[] = new Array(names.length);
  const waiting = [...names.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, name] = next;
      attempts[index] = await attempt(connection, name, verb, context);
      if (!context.json) tell(attempts[index], name, verb, context);
    }
  };
  await Promise.all(Array.from({ length: Math.min(together, names.length) }, work));
  if (context.json) context.terminal.out(plainJson(documentOf(attempts)));
  return exitCodeOf(attempts, verb);
}

async function attempt(connection: SocketConnection, name: string, verb: Verb, context: CliContext): Promise<Attempt> {
  try {
    const begun = await verb.begin(connection, name);
    const limit = verb.ownTimeout === true ? undefined : context.timeoutSeconds;
    return { operation: await waitForOperation(connection, begun, context, limit) };
  } catch (error) {
    return { error: failureOf(error) };
  }
}

function tell(result: Attempt, name: string, { kind, ended }: Verb, { terminal }: CliContext): void {
  if ('operation' in result) {
    const sentence = printOperation(result.operation);
    if (result.operation.state === 'done') {
      terminal.out(sentence);
      ended?.(result.operation);
    } else terminal.err(sentence);
    const hint = hintOf(result.operation);
    if (hint !== null) terminal.err(`hint: ${hint}`);
    return;
  }
  terminal.err(failedToBegin(kind, name, result.error.message));
  terminal.err(printFailure(result.error));
}

function documentOf(attempts: readonly Attempt[]): unknown {
  const documents = attempts.map((result) => ('operation' in result ? result.operation : result));
  return documents.length === 1 ? documents[0] : documents;
}

function exitCodeOf(attempts: readonly Attempt[], verb: Verb): number {
  const isGood = (result: Attempt) =>
    'operation' in result && result.operation.state === 'done' && verb.isBad?.(result.operation) !== true;
  if (attempts.every(isGood)) return 0;
  const [only] = attempts;
  return attempts.length === 1 && only !== undefined && 'error' in only && only.error.code === 'bad-input' ? 2 : 1;
}
