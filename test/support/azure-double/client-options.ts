import type { AzureDouble } from './azure-double.ts';

export interface ClientOptions {
  readonly maxRetries?: number;
  readonly credential?: ReturnType<AzureDouble['credential']>;
}

/** What every SDK is told: TLS that believes in the double's authority and nobody else's, and no patience of its own. */
export function clientOptions(azure: AzureDouble, { maxRetries = 0 }: ClientOptions) {
  return {
    endpoint: azure.origin,
    tlsOptions: { ca: azure.ca },
    retryOptions: { maxRetries, retryDelayInMs: 1, maxRetryDelayInMs: 5 },
  };
}

export async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
