import { randomBytes } from 'node:crypto';
import { type CallContext, type CallName, calls, type Handlers, isCallName } from '../contract/calls.ts';
import { type Failure, failureOf, VigilError } from '../contract/failure.ts';
import type { Outcome } from '../contract/outcome.ts';
import { plainCopy } from './plain-data.ts';
import type { TransportLog } from './surroundings.ts';

export interface Dispatcher {
  /**
   * Takes anything from anyone: an unknown name, a wrong field, a cyclic or booby-trapped object all end as `bad-input`
   * before a handler hears of them. Never throws, never rejects.
   */
  dispatch(name: unknown, input: unknown, context: CallContext): Promise<Outcome>;
}

/** The one place where calls are parsed. What a handler throws beside `VigilError` is logged under an id the caller is told. */
export function createDispatcher(handlers: Handlers, log: TransportLog): Dispatcher {
  return {
    dispatch: async (name, input, context) => {
      try {
        if (!isCallName(name))
          throw new VigilError('bad-input', `There is no call ${inQuotes(name)}.`, { field: 'call' });
        const handler = handlers[name] as (input: unknown, context: CallContext) => unknown;
        return { ok: true, value: await handler(parse(name, input), context) };
      } catch (error) {
        return { ok: false, error: error instanceof VigilError ? failureOf(error) : reported(error, name, log) };
      }
    },
  };
}

function parse(name: CallName, input: unknown): unknown {
  const parsed = calls[name].input.safeParse(plainCopy(input));
  if (parsed.success) return parsed.data;
  // Several issues: the first one in the schema's own order. A face that wants all of them rehearses.
  const issue = parsed.error.issues[0];
  if (issue === undefined) throw new VigilError('bad-input', 'The input was refused.');
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    throw new VigilError('bad-input', `Unknown field ${inQuotes(key)}.`, {
      field: [...path, shortened(key)].join('.'),
    });
  }
  throw new VigilError('bad-input', issue.message, path.length === 0 ? {} : { field: path.map(shortened).join('.') });
}

function reported(error: unknown, name: unknown, log: TransportLog): Failure {
  const id = randomBytes(4).toString('hex');
  log.write('error', 'transport', `call ${inQuotes(name)} failed unexpectedly`, { id, error });
  return { ...failureOf(error), hint: `The log says more under ${id}.` };
}

function inQuotes(name: unknown): string {
  return typeof name === 'string' ? `'${shortened(name)}'` : `of type ${typeof name}`;
}

function shortened(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64)}…` : text;
}
