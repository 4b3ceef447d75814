import type { AzureConfig } from '../../engine/ports/azure.ts';
import type { Cloud } from './clouds.ts';

const hosts = {
  public: 'metrics.monitor.azure.com',
  'us-government': 'metrics.monitor.azure.us',
  china: 'metrics.monitor.azure.cn',
} as const;

/** Origin of the host that answers for many machines of a region; a cloud of one's own has it behind its one address. */
export function metricsHost(config: Pick<AzureConfig, 'cloud'>, cloud: Cloud, region: string): string {
  return config.cloud === 'custom' ? cloud.resourceManager : `https://${region}.${hosts[config.cloud]}`;
}
