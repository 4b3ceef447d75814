import type { AuthenticationType, AuthHandlerMiddleware } from 'ssh2';
import type { Clock } from '../../engine/ports/clock.ts';
import { AgentConnection } from './agent-connection.ts';
import type { Identities } from './private-keys.ts';
import type { StepFailure } from './tcp-steps.ts';

export interface Authentication {
  readonly handler: AuthHandlerMiddleware;
  /** Hangs up on the agent. */
  close(): void;
}

/**
 * Offers keys, one after the other, and nothing else: no password, no questions, no `none`. When they are used up, or the
 * server wants something else, `failed` is told. `before` runs ahead of the first offer; if it fails none is made.
 */
export function createAuthentication(
  user: string,
  where: string,
  identities: Identities,
  clock: Clock,
  before: () => Promise<StepFailure | null>,
  failed: (failure: StepFailure) => void,
): Authentication {
  const agents: AgentConnection[] = [];
  let next = 0;

  const handler: AuthHandlerMiddleware = (left: readonly AuthenticationType[] | null, partialSuccess, offer) => {
    if (next === 0) {
      void before().then((failure) => {
        if (failure !== null) failed(failure);
        else if (identities.fault !== null) failed({ finding: 'key-file', reason: identities.fault });
        else offerNext();
      });
      return;
    }
    if (left !== null && !left.includes('publickey')) {
      const wish = left.join(', ') || 'nothing';
      const reason = partialSuccess
        ? `${where} took the key of ${user} but wants more besides: ${wish}.`
        : `${where} lets ${user} in by ${wish}, not by key.`;
      failed({ finding: 'auth', reason });
      return;
    }
    offerNext();

    function offerNext(): void {
      const identity = identities.offers[next++];
      if (identity === undefined) {
        failed(withoutKeys());
      } else if (identity.kind === 'key') {
        offer({ type: 'publickey', username: user, key: identity.key });
      } else {
        const agent = new AgentConnection(identity.socketPath, identity.only, clock);
        agents.push(agent);
        offer({ type: 'agent', username: user, agent });
      }
    }
  };
  /** When the keys are used up: a server that was shown none has refused nobody. */
  function withoutKeys(): StepFailure {
    const faults = agents.flatMap(({ fault }) => fault ?? []);
    const leftOut = [...faults, ...identities.skipped];
    if (faults.length === identities.offers.length) {
      return { finding: 'key-file', reason: `There was no key to offer to ${where}: ${leftOut.join('; ')}.` };
    }
    const skipped = leftOut.length === 0 ? '' : ` Left out: ${leftOut.join('; ')}.`;
    return { finding: 'auth', reason: `${where} does not let ${user} in with any key that was offered.${skipped}` };
  }

  return {
    handler,
    close: () => {
      for (const agent of agents) agent.close();
    },
  };
}
