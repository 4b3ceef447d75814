import { describe, expect, it } from 'vitest';
import { cloudOf } from '../../../../main/adapters/azure/clouds.ts';
import { isOwnStore } from '../../../../main/adapters/azure/store-hosts.ts';
import type { AzureConfig } from '../../../../main/engine/ports/azure.ts';

const own = (cloud: AzureConfig['cloud'], address: string, resourceManagerUrl = ''): boolean => {
  const config = { cloud, resourceManagerUrl, signInUrl: 'https://login.example', audience: '' };
  return isOwnStore(config, cloudOf(config), address);
};

describe('an address that Azure hands out for a console', () => {
  it('is fetched where the stores of the cloud are', () => {
    expect(own('public', 'https://diag1.blob.core.windows.net/bootdiagnostics-web/web.screenshot.bmp?sig=a')).toBe(
      true,
    );
    expect(own('public', 'https://md1.z20.blob.storage.azure.net/bootdiagnostics-web/web.bmp?sig=a')).toBe(true);
    expect(own('us-government', 'https://diag1.blob.core.usgovcloudapi.net/a')).toBe(true);
    expect(own('china', 'https://diag1.blob.core.chinacloudapi.cn/a')).toBe(true);
  });

  it.each([
    'http://diag1.blob.core.windows.net/a',
    'https://127.0.0.1/a',
    'https://[::1]/a',
    'https://169.254.169.254/metadata/instance',
    'https://localhost/a',
    'https://blob.core.windows.net/a',
    'https://diag1.blob.core.windows.net.evil.example/a',
    'https://diag1.blob.core.windows.net:8443/a',
    'https://user:word@diag1.blob.core.windows.net/a',
    'https://evil.example/.blob.core.windows.net',
    'https://diag1.blob.core.chinacloudapi.cn/a',
    'file:///etc/passwd',
    'nothing',
  ])('is not fetched anywhere else: %s', (address) => {
    expect(own('public', address)).toBe(false);
  });

  it('of a cloud of one’s own lies behind its one address, or beside it', () => {
    const manager = 'https://management.local.stack.example';
    expect(own('custom', `${manager}/bootdiagnostics/a`, manager)).toBe(true);
    expect(own('custom', 'https://diag1.blob.local.stack.example/a', manager)).toBe(true);
    expect(own('custom', 'https://router.local.stack.example/a', manager)).toBe(false);
    expect(own('custom', 'https://diag1.blob.core.windows.net/a', manager)).toBe(false);
    expect(own('custom', 'https://a.blob.example/a', 'https://management.example')).toBe(false);
    expect(own('custom', 'https://127.0.0.1:1/a', 'https://127.0.0.1:2')).toBe(false);
  });
});
