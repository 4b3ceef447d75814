import type { AzureSignInPrompt, AzureSignInWay } from '../../main/contract/azure.ts';
import type { CallInput } from '../../main/contract/calls.ts';
import type { Connection } from '../../main/contract/connection.ts';
import { failureOf } from '../../main/contract/failure.ts';
import { createStore, type Store } from './store.ts';

/** A sign-in to Azure that was begun in this window. */
export type SignInStep =
  | { readonly kind: 'none' }
  /** The engine was asked. */
  | { readonly kind: 'asking'; readonly way: AzureSignInWay }
  /** It is the person's turn. */
  | { readonly kind: 'prompt'; readonly prompt: AzureSignInPrompt }
  | { readonly kind: 'failed'; readonly message: string; readonly hint: string | null };

export interface AzureSignInFlow {
  readonly step: Store<SignInStep>;
  /** Resolves when it is over, however it ended. At most one at a time. */
  begin(input: CallInput<'azure.sign-in'>): Promise<void>;
  giveUp(): Promise<void>;
}

const flows = new WeakMap<Connection, AzureSignInFlow>();

/** The same one whichever page shows it: leaving a page does not lose the code that has to be typed elsewhere. */
export function signInFlowOf(connection: Connection): AzureSignInFlow {
  const known = flows.get(connection);
  if (known !== undefined) return known;
  const made = createFlow(connection);
  flows.set(connection, made);
  return made;
}

function createFlow(connection: Connection): AzureSignInFlow {
  const step = createStore<SignInStep>({ kind: 'none' });
  let isGivenUp = false;
  return {
    step,
    begin: async (input) => {
      const { kind } = step.get();
      if (kind === 'asking' || kind === 'prompt') return;
      isGivenUp = false;
      step.set({ kind: 'asking', way: input.way });
      try {
        const prompt = await connection.call('azure.sign-in', input);
        step.set({ kind: 'prompt', prompt });
        await connection.call('azure.sign-in-wait', { id: prompt.id });
        step.set({ kind: 'none' });
      } catch (error) {
        const { message, hint } = failureOf(error);
        step.set(isGivenUp ? { kind: 'none' } : { kind: 'failed', message, hint: hint ?? null });
      }
    },
    giveUp: async () => {
      const now = step.get();
      if (now.kind !== 'prompt') return;
      isGivenUp = true;
      await connection.call('azure.sign-in-cancel', { id: now.prompt.id }).catch(() => undefined);
    },
  };
}
