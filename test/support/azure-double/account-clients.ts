import { MicrosoftResourceHealth } from '@azure/arm-resourcehealth';
import { SubscriptionClient } from '@azure/arm-resources-subscriptions';
import type { AzureDouble } from './azure-double.ts';
import { type ClientOptions, clientOptions } from './client-options.ts';

/** The SDKs as they are shipped, of the older generation. */
export function accountClients(
  azure: AzureDouble,
  subscriptionId: string,
  options: ClientOptions = {},
): { readonly subscriptions: SubscriptionClient; readonly health: MicrosoftResourceHealth } {
  const credential = options.credential ?? azure.credential();
  return {
    subscriptions: new SubscriptionClient(credential, clientOptions(azure, options)),
    health: new MicrosoftResourceHealth(credential, subscriptionId, clientOptions(azure, options)),
  };
}
