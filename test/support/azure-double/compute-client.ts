import { ComputeManagementClient } from '@azure/arm-compute';
import type { AzureDouble } from './azure-double.ts';
import { type ClientOptions, clientOptions } from './client-options.ts';

/** The SDK as it is shipped. */
export function computeClient(
  azure: AzureDouble,
  subscriptionId: string,
  options: ClientOptions = {},
): ComputeManagementClient {
  const credential = options.credential ?? azure.credential();
  return new ComputeManagementClient(credential, subscriptionId, clientOptions(azure, options));
}
