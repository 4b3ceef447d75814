import type { AzureCloud, AzureKeeping, AzureSignInWay } from '../../contract/azure.ts';
import type { MachineState } from '../../contract/machine.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { AzureInsight } from './azure-insight.ts';

/**
 * Azure's machines. Nothing here throws for what Azure, the network or a person's rights bring about: that is an answer
 * with a fault in it. Every call is bounded, waits for its turn at the limiter and ends when its signal says so.
 * Ids of resources are compared in lower case only.
 */
export interface Azure {
  readonly signIn: AzureSignIn;
  readonly insight: AzureInsight;
  /** Which cloud is spoken to, and how. Whatever changes takes effect with the next call. */
  configure(config: AzureConfig): void;
  /** Every subscription of the account in every tenant that it may enter without being asked. */
  subscriptions(signal: StopSignal): Promise<AzureAnswer<readonly AzureSubscriptionRow[]>>;
  /** Every machine of a subscription with what seldom changes, without its power state. */
  describe(subscription: AzureScope, signal: StopSignal): Promise<AzureAnswer<readonly AzureVm[]>>;
  /** The power state of every machine of a subscription, by one call a page. */
  powers(subscription: AzureScope, signal: StopSignal): Promise<AzureAnswer<readonly AzurePower[]>>;
  /** One machine with everything. `not-found` when it is gone. */
  look(vm: AzureVmName, urgent: boolean, signal: StopSignal): Promise<AzureAnswer<AzureLook>>;
  /** Sends an order once. It is never sent again by this port, whatever becomes of it. */
  send(order: AzureOrder, signal: StopSignal): Promise<AzureSending>;
  /** Looks once at how an accepted order goes. */
  follow(order: AzureOrder, ticket: string, signal: StopSignal): Promise<AzureProgress>;
  /** By how much this computer's clock goes ahead of Azure's, milliseconds; null until it has answered. */
  clockAheadMs(): number | null;
  /** Lets go of every connection and flow. */
  close(): Promise<void>;
}

export interface AzureConfig {
  readonly way: AzureSignInWay | 'none';
  readonly cloud: AzureCloud;
  readonly tenant: string;
  readonly clientId: string;
  readonly keeping: AzureKeeping;
  /** For the cloud `custom`; empty for the others. */
  readonly resourceManagerUrl: string;
  readonly signInUrl: string;
  /** What tokens are asked for; empty: the address of the resource manager. */
  readonly audience: string;
  /** Certificates of the authority that speaks for a cloud of one's own; empty: those of the system. */
  readonly caFile: string;
}

export interface AzureAccount {
  readonly name: string;
  readonly tenant: string;
  readonly kept: AzureKeeping | 'by the Azure CLI';
}

export interface AzureSignIn {
  /** Who is signed in; null when nobody is. Reads what was kept, asks nobody. */
  account(): Promise<AzureAccount | null>;
  /**
   * Signs in. `told` hears once what the person has to do. Ends with a fault when it takes longer than its limit, when the
   * person declines or when the signal says so.
   */
  begin(told: (prompt: AzurePrompt) => void, signal: StopSignal): Promise<AzureAnswer<AzureAccount>>;
  /** Whether a token can be had now without asking the person. */
  probe(signal: StopSignal): Promise<AzureAnswer<null>>;
  /** Forgets the account and what was kept of it. */
  end(): Promise<void>;
}

export interface AzurePrompt {
  readonly address: string | null;
  readonly code: string | null;
  /** From now, milliseconds. */
  readonly lifeMs: number;
}

/** A subscription and the tenant whose token opens it. */
export interface AzureScope {
  readonly subscription: string;
  readonly tenant: string;
}

export interface AzureSubscriptionRow extends AzureScope {
  readonly name: string;
  readonly state: string;
}

export interface AzureVmName extends AzureScope {
  readonly group: string;
  readonly name: string;
  /** In lower case, without spaces; limits are counted by it. */
  readonly region: string;
}

export interface AzureVm extends AzureVmName {
  /** As Azure spells it. */
  readonly resourceId: string;
  /** Another one once a machine was made anew under the same name. */
  readonly vmId: string | null;
  readonly size: string | null;
  readonly os: 'linux' | 'windows' | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly osDisk: string | null;
  readonly diskMib: number | null;
  readonly provisioning: string | null;
  /** Boot diagnostics are on: what it writes and shows can be read. Absent: not known, since it was read by an older Vigil. */
  readonly keepsConsole?: boolean;
}

/** What the statuses of a machine say. */
export interface AzurePower {
  /** In lower case. */
  readonly key: string;
  readonly state: MachineState;
  /** Azure's own word; null when it said nothing. */
  readonly power: string | null;
  readonly provisioning: string | null;
  /** What a failed change failed of; null when none did. */
  readonly provisioningError: string | null;
  /** Wall-clock milliseconds of Azure's clock: the end of the last change. */
  readonly changedAt: number | null;
  readonly billed: boolean | null;
}

export interface AzureLook {
  readonly vm: AzureVm;
  readonly power: AzurePower;
  /** The agent inside says it is ready to run commands; null when it says nothing. */
  readonly agentReady: boolean | null;
}

export type AzureAct =
  | { readonly verb: 'start' | 'restart' | 'deallocate' | 'redeploy' | 'delete' }
  /** Stopped only: its compute is paid for until it is deallocated. */
  | { readonly verb: 'stop'; readonly atOnce: boolean }
  | { readonly verb: 'resize'; readonly size: string }
  | { readonly verb: 'tags'; readonly tags: Readonly<Record<string, string>> }
  | { readonly verb: 'snapshot'; readonly snapshot: string; readonly disk: string }
  | { readonly verb: 'run-command'; readonly script: string; readonly os: 'linux' | 'windows' };

export interface AzureOrder {
  /** A uuid; Azure's logs show it as the id of the request. */
  readonly id: string;
  readonly vm: AzureVmName;
  readonly act: AzureAct;
  /** May use what the limiter holds back from routine. */
  readonly urgent: boolean;
}

export type AzureSending =
  /** Under way; the ticket finds it again, in another process too. */
  | { readonly kind: 'accepted'; readonly ticket: string }
  | { readonly kind: 'done'; readonly output: string | null }
  /** It has certainly not been taken. */
  | { readonly kind: 'refused'; readonly fault: AzureFault }
  /** Nobody here can tell whether it was taken. */
  | { readonly kind: 'unsure'; readonly fault: AzureFault };

export type AzureProgress =
  | { readonly kind: 'under-way'; readonly askInMs: number }
  | { readonly kind: 'done'; readonly output: string | null }
  | { readonly kind: 'failed'; readonly fault: AzureFault }
  /** Azure knows nothing of the ticket any more. */
  | { readonly kind: 'lost'; readonly fault: AzureFault }
  /** It could not be asked now. */
  | { readonly kind: 'not-told'; readonly fault: AzureFault; readonly askInMs: number };

export const azureFaultKinds = [
  'signed-out',
  'forbidden',
  'wrong-tenant',
  'not-found',
  /** Another change of the same thing is under way. */
  'busy',
  'throttled',
  /** Azure has no room for it. */
  'capacity',
  'refused',
  /** Azure itself is not well. */
  'unavailable',
  /** Nothing was reached; what was to be sent did not leave. */
  'unreachable',
  /** The connection broke or an answer did not come in time. */
  'cut',
  /** The answer is none of Azure's. */
  'garbled',
  'cancelled',
] as const;
export type AzureFaultKind = (typeof azureFaultKinds)[number];

export interface AzureFault {
  readonly kind: AzureFaultKind;
  /** One sentence a person can act on. */
  readonly message: string;
  readonly hint: string | null;
  /** Not before so many milliseconds; null when Azure did not say. */
  readonly retryAfterMs: number | null;
}

export type AzureAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: AzureFault };
