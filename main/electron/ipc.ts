import { type IpcMainInvokeEvent, ipcMain, type WebContents } from 'electron';
import { callChannel, eventChannel } from '../contract/bridge.ts';
import type { CallInput, CallName, CallResult, ParsedInput } from '../contract/calls.ts';
import type { Connection } from '../contract/connection.ts';
import { type EventName, eventNames } from '../contract/events.ts';
import { failureOf, VigilError } from '../contract/failure.ts';
import type { Outcome } from '../contract/outcome.ts';
import { plainCopy } from '../transport/plain-data.ts';
import { isAppAddress, isTrustedSender } from './sender-check.ts';

/** Calls that the app answers itself, because only it stands at the desktop. */
export type OwnCalls = {
  readonly [N in 'desktop.open-terminal' | 'desktop.save-csv']: (input: ParsedInput<N>) => Promise<CallResult<N>>;
};

export interface IpcParts {
  readonly connection: Connection;
  readonly own: OwnCalls;
  /** The contents of our own windows, as they are now. */
  pages(): readonly WebContents[];
}

/**
 * The only door between pages and the engine: one channel for calls, one for events. Whoever is not the main frame of a
 * window of ours gets an error for an answer, never silence. The result closes the door.
 */
export function serveIpc({ connection, own, pages }: IpcParts): () => void {
  ipcMain.handle(callChannel, async (event: IpcMainInvokeEvent, name: unknown, input: unknown): Promise<Outcome> => {
    try {
      if (!isTrustedSender(event, new Set(pages().map(({ id }) => id)))) {
        throw new VigilError('refused', 'Only a window of Vigil may call.');
      }
      // Every parser there is: a window is on its way before they are made.
      const { calls, isCallName } = await import('../contract/calls.ts');
      // Both are checked again where the call is parsed; here for the engine behind a socket, which must never be sent
      // a call that does not exist or an input without bounds.
      if (!isCallName(name)) throw new VigilError('bad-input', 'There is no such call.', { field: 'call' });
      const copy = plainCopy(input === undefined ? {} : input);
      if (name === 'desktop.open-terminal')
        return { ok: true, value: await own[name](parsed(calls[name].input, copy)) };
      if (name === 'desktop.save-csv') return { ok: true, value: await own[name](parsed(calls[name].input, copy)) };
      const value = await connection.call(name, copy as CallInput<CallName>);
      return { ok: true, value };
    } catch (error) {
      return { ok: false, error: failureOf(error) };
    }
  });

  const undo = eventNames.map((name) => forward(name));
  function forward(name: EventName): () => void {
    return connection.subscribe(name, (payload) => {
      for (const page of pages()) if (isAppAddress(page.getURL())) page.send(eventChannel, { name, payload });
    });
  }

  return () => {
    ipcMain.removeHandler(callChannel);
    for (const each of undo) each();
  };
}

interface Parser<T> {
  safeParse(input: unknown):
    | { readonly success: true; readonly data: T }
    | {
        readonly success: false;
        readonly error: { readonly issues: readonly { readonly message: string; readonly path: readonly unknown[] }[] };
      };
}

/** As the dispatcher does it, for a call that never reaches one. */
function parsed<T>(parser: Parser<T>, input: unknown): T {
  const outcome = parser.safeParse(input);
  if (outcome.success) return outcome.data;
  const issue = outcome.error.issues[0];
  throw new VigilError('bad-input', issue?.message ?? 'The input was refused.', { field: issue?.path.join('.') });
}
