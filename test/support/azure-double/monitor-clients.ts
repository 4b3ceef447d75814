import { MonitorClient } from '@azure/arm-monitor';
import { MetricsClient } from '@azure/monitor-query-metrics';
import type { AzureDouble } from './azure-double.ts';
import { clientOptions } from './client-options.ts';

/** The SDKs as they are shipped: one resource at a time, and in batches. */
export function monitorClients(
  azure: AzureDouble,
  subscriptionId: string,
): { readonly monitor: MonitorClient; readonly metrics: MetricsClient } {
  const options = clientOptions(azure, {});
  return {
    monitor: new MonitorClient(azure.credential(), subscriptionId, options),
    metrics: new MetricsClient(azure.origin, azure.credential(), options),
  };
}
