import type { StopSignal } from '../../contract/stop-signal.ts';

/** This computer's own network, as far as it could be the fault. Nothing here rejects, and nothing takes longer than its limit. */
export interface Network {
  /** What can be seen without a packet. */
  describe(): NetworkDescription;
  /** Whether there is a way to an address at all, as the routes say; a name counts as reachable while there is any route. */
  hasRouteTo(host: string): Promise<boolean>;
  /** Whether anything answers there: a refusal is an answer, silence is not. */
  answers(host: string, port: number, timeoutMs: number, signal: StopSignal): Promise<boolean>;
  /** Whether one of this computer's name servers answers, whatever it says; null when it has none beyond itself. */
  nameServerAnswers(timeoutMs: number, signal: StopSignal): Promise<boolean | null>;
}

export interface NetworkDescription {
  /** Interfaces, other than the loopback one, that are up and have an address. */
  readonly links: readonly string[];
  /** Address of the router that leads everywhere else; null when there is none, or where it cannot be told. */
  readonly gateway: string | null;
  /** Changes when interfaces, addresses or the gateway do. */
  readonly fingerprint: string;
}
