import type { AzureConfig } from '../../engine/ports/azure.ts';
import type { Cloud } from './clouds.ts';

/** Where the clouds keep what machines write and show while they start. */
const stores: Readonly<Record<Exclude<AzureConfig['cloud'], 'custom'>, readonly string[]>> = {
  public: ['.blob.core.windows.net', '.blob.storage.azure.net'],
  'us-government': ['.blob.core.usgovcloudapi.net'],
  china: ['.blob.core.chinacloudapi.cn'],
};

/**
 * Whether an address that Azure hands out leads to the stores of this very cloud: nothing else is fetched, so that no answer
 * makes this computer ask its own network for something. A cloud of one's own has its stores beside its resource manager.
 */
export function isOwnStore(config: Pick<AzureConfig, 'cloud'>, cloud: Cloud, address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host, origin, username, password } = new URL(address);
  if (protocol !== 'https:' || username !== '' || password !== '') return false;
  if (config.cloud !== 'custom') return stores[config.cloud].some((end) => isBelow(host, end));
  if (origin === cloud.resourceManager) return true;
  const [, ...domain] = new URL(cloud.resourceManager).hostname.split('.');
  // Two parts at least: what lies below one alone could be anybody's.
  return domain.length > 1 && isBelow(host, `.blob.${domain.join('.')}`);
}

function isBelow(host: string, end: string): boolean {
  return host.endsWith(end) && host.length > end.length;
}
