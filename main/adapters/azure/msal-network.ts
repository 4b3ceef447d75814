import type { HttpClient } from '@azure/core-rest-pipeline';
import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import type { Trust } from './trust.ts';
import { veilSent } from './veil-tokens.ts';

export interface MsalNetworkPorts {
  /** Null for the certificates of the system. */
  trusted(): Promise<Trust | null>;
  /** A request did not come to an answer. */
  failed(error: unknown): void;
}

const answerMs = 30_000;
const mostCharacters = 1024 * 1024;

/** The wire of the sign-in library, through the same pipeline as every other call: proxy, certificates, a limit. */
export function createMsalNetwork({ trusted, failed }: MsalNetworkPorts): INetworkModule {
  let client: HttpClient | null = null;
  const send = async <T>(method: 'GET' | 'POST', url: string, options: NetworkRequestOptions = {}) => {
    const { createDefaultHttpClient, createHttpHeaders, createPipelineFromOptions, createPipelineRequest } =
      await import('@azure/core-rest-pipeline');
    const trust = await trusted();
    const pipeline = createPipelineFromOptions({
      retryOptions: { maxRetries: 0 },
      ...(trust === null ? {} : { tlsOptions: trust }),
    });
    client ??= createDefaultHttpClient();
    const request = createPipelineRequest({
      url,
      method,
      timeout: answerMs,
      headers: createHttpHeaders(options.headers ?? {}),
      ...(options.body === undefined ? {} : { body: options.body }),
    });
    try {
      const { status, headers, bodyAsText } = await pipeline.sendRequest(client, request);
      // An answer that gives tokens may give the same ones again; one that refuses has no use for them.
      const text = status >= 400 ? veilSent(bodyAsText ?? '', options.body ?? '') : bodyAsText;
      return { status, headers: headers.toJSON(), body: bodyOf(text) } as NetworkResponse<T>;
    } catch (error) {
      failed(error);
      throw error;
    }
  };
  return {
    sendGetRequestAsync: (url, options) => send('GET', url, options),
    sendPostRequestAsync: (url, options) => send('POST', url, options),
  };
}

/** What is no JSON is an answer without a token; the library says so. */
function bodyOf(text: string | null | undefined): unknown {
  if (text === null || text === undefined || text.length > mostCharacters) return {};
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
