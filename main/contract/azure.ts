import { z } from 'zod';
import type { AzureCost } from './azure-cost.ts';

/** Virtual machines of Azure: how Vigil is signed in there, and what of it belongs to the fleet. */

export const azureSignInWays = ['browser', 'device-code', 'cli'] as const;
/** `cli`: the tokens of an Azure CLI that is signed in; Vigil holds none of its own. */
export type AzureSignInWay = (typeof azureSignInWays)[number];

export const azureClouds = ['public', 'us-government', 'china', 'custom'] as const;
export type AzureCloud = (typeof azureClouds)[number];

export const SubscriptionId = z
  .string()
  .regex(/^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/, 'A subscription is named by its id, a uuid.')
  .transform((id) => id.toLowerCase());

export const ResourceGroup = z
  .string()
  .regex(/^[\p{L}\p{N}._()-]{1,90}$/u, 'A resource group is 1 to 90 letters, digits, . _ - ( or ).');

export const AzureTenant = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/, 'A tenant is a uuid or a domain like contoso.onmicrosoft.com.');

export const AzureSize = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'A size is a word like Standard_D2s_v5.');

export const AzureScript = z
  .string({ error: 'Give a script.' })
  .min(1, 'Give a script.')
  .max(65_536, 'A script has at most 64 KiB.');

/** What a person has to do for a sign-in that was begun. Times ISO 8601 UTC. */
export interface AzureSignInPrompt {
  readonly id: string;
  readonly way: AzureSignInWay;
  /** The page to open; null when there is nothing to do. Vigil tries to open it in the browser by itself. */
  readonly address: string | null;
  /** To be typed there; null when no code is needed. */
  readonly code: string | null;
  /** The flow ends by itself then. */
  readonly expiresAt: string;
}

/** `off`: nothing of Azure is wanted. `sign-in-needed`: a person has to sign in before anything can be read or done. */
export const azureSignInStates = ['off', 'signed-in', 'signing-in', 'sign-in-needed'] as const;
export type AzureSignInState = (typeof azureSignInStates)[number];

/** Where the sign-in is kept when Vigil ends. */
export const azureKeeping = ['vault', 'memory', 'in clear on the disk'] as const;
export type AzureKeeping = (typeof azureKeeping)[number];

export interface AzureSubscription {
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  /** As Azure says: `Enabled`, `Warned`, `PastDue`, `Disabled`, `Deleted`. */
  readonly state: string;
  /** Its machines belong to the fleet. */
  readonly chosen: boolean;
  /** Machines of it that are in the fleet. */
  readonly machines: number;
  /** When its machines were last read in full; null when they never were. */
  readonly readAt: string | null;
  /** Why they could not be read the last time; null when they could. */
  readonly trouble: string | null;
}

export interface AzureStatus {
  readonly state: AzureSignInState;
  /** Why a sign-in is needed, or what is wrong; null when all is well. */
  readonly reason: string | null;
  readonly hint: string | null;
  readonly way: AzureSignInWay | null;
  readonly cloud: AzureCloud;
  /** The name of the account; null while nobody is signed in. */
  readonly account: string | null;
  readonly tenant: string | null;
  /** Null while nobody is signed in; `cli` keeps nothing with us. */
  readonly kept: AzureKeeping | 'by the Azure CLI' | null;
  /** By how much the clock of this computer goes ahead of Azure's; null when it is not known. */
  readonly clockAheadSeconds: number | null;
  readonly subscriptions: readonly AzureSubscription[];
}

/** What only a machine of Azure has. Times ISO 8601 UTC; null where nothing is known. */
export interface AzureMachineFacts {
  readonly resourceId: string;
  readonly subscription: string;
  readonly resourceGroup: string;
  /** The session that the machine belongs to, from its tags. */
  readonly session: string | null;
  readonly os: 'linux' | 'windows' | null;
  /** Azure keeps what it writes and shows: boot diagnostics are on. */
  readonly console: boolean | null;
  /** Azure's own word for the power state: `running`, `stopped`, `deallocated`. Null when it did not say. */
  readonly power: string | null;
  /** Azure's own word for the last change: `Succeeded`, `Updating`, `Failed`. */
  readonly provisioning: string | null;
  /** Whether its compute is paid for now; null when it is not known. A machine that is stopped but not deallocated is. */
  readonly billed: boolean | null;
  /** It is paid for and did next to nothing for days, in a sentence; null when it did something, or too little is known. */
  readonly idle: string | null;
  /** What Azure charged to it this month so far; null when it is not known. */
  readonly cost: AzureCost | null;
  /** When the state was read. */
  readonly observedAt: string | null;
  /** Why nothing newer is known; null when the last look succeeded. */
  readonly trouble: string | null;
}
