import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';

export interface MsalNetworkPorts {
  /** Certificates of a cloud of one's own; null for those of the system. */
  authority(): Promise<string | null>;
  /** A request did not come to an answer. */
  failed(error: unknown): void;
}

const answerMs = 30_000;
const mostCharacters = 1024 * 1024;

/** The wire of the sign-in library, through the same pipeline as every other call: proxy, certificates, a limit. */
export function createMsalNetwork({ authority, failed }: MsalNetworkPorts): INetworkModule {
  const send = async <T>(method: 'GET' | 'POST', url: string, options: NetworkRequestOptions = {}) => {
    const { createDefaultHttpClient, createHttpHeaders, createPipelineFromOptions, createPipelineRequest } =
      await import('@azure/core-rest-pipeline');
    const ca = await authority();
    const pipeline = createPipelineFromOptions({
      retryOptions: { maxRetries: 0 },
      ...(ca === null ? {} : { tlsOptions: { ca } }),
    });
    const request = createPipelineRequest({
      url,
      method,
      timeout: answerMs,
      headers: createHttpHeaders(options.headers ?? {}),
      ...(options.body === undefined ? {} : { body: options.body }),
    });
    try {
      const { status, headers, bodyAsText } = await pipeline.sendRequest(createDefaultHttpClient(), request);
      return { status, headers: headers.toJSON(), body: bodyOf(bodyAsText) } as NetworkResponse<T>;
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
