import { Agent, request } from 'node:https';
import { gunzipSync } from 'node:zlib';
import type { AzureDouble } from './azure-double.ts';

const agent = new Agent({ keepAlive: true });

export interface Plain {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Unpacked. */
  readonly body: string;
}

export interface PlainRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** With a good bearer token unless told otherwise. */
  readonly isAnonymous?: boolean;
}

/** What no SDK can be made to send: over the same TLS. */
export async function plainly(azure: AzureDouble, target: string, options: PlainRequest = {}): Promise<Plain> {
  const { token } = await azure.credential().getToken('');
  const headers = { ...(options.isAnonymous ? {} : { authorization: `Bearer ${token}` }), ...options.headers };
  const { hostname, port } = new URL(azure.origin);
  return new Promise((resolve, reject) => {
    const sent = request(
      // The path as it is: a URL would tidy it up.
      { hostname, port, path: target, method: options.method ?? 'GET', headers, ca: azure.ca, agent },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const all = Buffer.concat(parts);
          const body = response.headers['content-encoding'] === 'gzip' ? gunzipSync(all) : all;
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: body.toString('utf8') });
        });
      },
    );
    sent.on('error', reject);
    sent.end(options.body);
  });
}
