import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, isIP } from 'node:net';
import type {
  HttpAnswer,
  KnockAnswer,
  ProbeAnswer,
  ProbeFinding,
  ProbeLimits,
  Probes,
} from '../../engine/ports/probes.ts';
import { createGathering, type Gathering } from './gathering.ts';

/** Connections that are made to be let go of: none is kept, none is waited for beyond its limit, no body is read. */
export function createProbes(): Probes {
  const gathering = createGathering(gatherMs);
  return { tcp: (host, port, limits) => probeTcp(gathering, host, port, limits), http: probeHttp };
}

/** A tenth of the shortest interval between two checks of a machine. */
const gatherMs = 500;
const largestHeaderBytes = 16 * 1024;

/** What a socket's error says about the machine; everything else is `unreachable`. */
const findings: Readonly<Record<string, ProbeFinding>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'name-resolution',
  EAI_AGAIN: 'name-resolution',
  EAI_NONAME: 'name-resolution',
  ECONNRESET: 'closed',
  EPIPE: 'closed',
  // This computer has run out of something of its own.
  EMFILE: 'not-tried',
  ENFILE: 'not-tried',
  EADDRNOTAVAIL: 'not-tried',
  EADDRINUSE: 'not-tried',
};

const words: Readonly<Record<Exclude<ProbeFinding, 'ok'>, (where: string) => string>> = {
  refused: (where) => `${where} refused the connection.`,
  timeout: (where) => `No answer from ${where} in time.`,
  unreachable: (where) => `There is no way to ${where}.`,
  closed: (where) => `${where} took the connection and hung up.`,
  'no-http': (where) => `${where} does not answer in HTTP.`,
  'name-resolution': (where) => `The name of ${where} could not be resolved.`,
  tls: (where) => `${where} is not trusted, or speaks no TLS that we do.`,
  'not-tried': (where) => `${where} was not tried.`,
};

function bad(finding: Exclude<ProbeFinding, 'ok'>, where: string): ProbeAnswer {
  return { finding, reason: words[finding](where) };
}

type KnockLimits = Parameters<Probes['tcp']>[2];

function probeTcp(gathering: Gathering, host: string, port: number, limits: KnockLimits): Promise<KnockAnswer> {
  return new Promise((resolve) => {
    gathering.join(() => {
      const begun = performance.now();
      void knock(host, port, limits).then((answer) =>
        resolve({ ...answer, durationMs: Math.round(performance.now() - begun) }),
      );
    });
  });
}

function knock(host: string, port: number, { timeoutMs, signal, holdMs = 0 }: KnockLimits): Promise<ProbeAnswer> {
  const where = `port ${port} of ${host}`;
  if (signal.aborted) return Promise.resolve(bad('not-tried', where));
  return new Promise((resolve) => {
    // Without `noDelay` each small packet waits for a delayed acknowledgement.
    // Only a name has several addresses to choose from, and getting ready to choose costs as much as connecting.
    const socket = connect({ host, port, noDelay: true, autoSelectFamily: isIP(host) === 0 });
    const end = (answer: ProbeAnswer): void => {
      clearTimeout(timer);
      clearTimeout(holding);
      signal.removeEventListener('abort', giveUp);
      socket.destroy();
      resolve(answer);
    };
    const taken = (): void => end({ finding: 'ok', reason: `${capital(where)} took the connection.` });
    const giveUp = (): void => end(bad('not-tried', where));
    const timer = setTimeout(() => end(bad('timeout', where)), timeoutMs);
    let holding: NodeJS.Timeout | undefined;
    signal.addEventListener('abort', giveUp);
    socket.once('connect', () => {
      if (holdMs === 0) {
        taken();
        return;
      }
      holding = setTimeout(taken, holdMs);
      // Whoever speaks is there.
      socket.once('data', taken);
      socket.once('end', () => end(bad('closed', where)));
      socket.once('close', () => end(bad('closed', where)));
    });
    // Stays for the socket's whole life: an error without a listener would end the engine.
    socket.on('error', (error: NodeJS.ErrnoException) => end(bad(findingOf(error), where)));
  });
}

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

function findingOf({ code = '' }: NodeJS.ErrnoException): Exclude<ProbeFinding, 'ok'> {
  const found = findings[code] ?? 'unreachable';
  return found === 'ok' ? 'unreachable' : found;
}

function httpFindingOf(error: NodeJS.ErrnoException): Exclude<ProbeFinding, 'ok'> {
  const { code = '' } = error;
  if (code.startsWith('HPE_')) return 'no-http';
  if (/^ERR_TLS|^ERR_SSL|^EPROTO$|CERT|SELF_SIGNED|UNABLE_TO/.test(code)) return 'tls';
  return findingOf(error);
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
