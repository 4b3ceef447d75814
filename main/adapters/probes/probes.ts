import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { HttpAnswer, ProbeFinding, ProbeLimits, Probes } from '../../engine/ports/probes.ts';
import { createKnocking } from './knocking.ts';
import { bad, findingOf } from './probe-findings.ts';

/** Connections that are made to be let go of: none is kept, none is waited for beyond its limit, no body is read. */
export function createProbes(): Probes {
  return { tcp: createKnocking(), http: probeHttp };
}

const largestHeaderBytes = 16 * 1024;

function probeHttp(url: string, { timeoutMs, signal }: ProbeLimits): Promise<HttpAnswer> {
  if (signal.aborted) return Promise.resolve({ ...bad('not-tried', url), status: null });
  return new Promise((resolve) => {
    const ask = url.startsWith('https:') ? httpsRequest : httpRequest;
    const asked = ask(url, {
      method: 'GET',
      agent: false,
      headers: { accept: '*/*', connection: 'close', 'user-agent': 'vigil' },
      maxHeaderSize: largestHeaderBytes,
    });
    asked.setNoDelay(true);
    const end = (answer: HttpAnswer): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      asked.destroy();
      resolve(answer);
    };
    const giveUp = (): void => end({ ...bad('not-tried', url), status: null });
    const timer = setTimeout(() => end({ ...bad('timeout', url), status: null }), timeoutMs);
    signal.addEventListener('abort', giveUp);
    asked.once('response', (response) => {
      // The status is all that is asked for: whatever else comes, however slowly, is not listened to.
      response.on('error', () => undefined);
      const status = response.statusCode ?? 0;
      end({ finding: 'ok', reason: `${url} answered with ${status}.`, status });
    });
    asked.on('error', (error: NodeJS.ErrnoException) => end({ ...bad(httpFindingOf(error), url), status: null }));
    asked.end();
  });
}

function httpFindingOf(error: NodeJS.ErrnoException): Exclude<ProbeFinding, 'ok'> {
  const { code = '' } = error;
  if (code.startsWith('HPE_')) return 'no-http';
  if (/^ERR_TLS|^ERR_SSL|^EPROTO$|CERT|SELF_SIGNED|UNABLE_TO/.test(code)) return 'tls';
  return findingOf(error);
}
