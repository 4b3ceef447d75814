import type { ProbeAnswer, ProbeFinding } from '../../engine/ports/probes.ts';

/** Everything else is `unreachable`. */
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

/** In words that name the place. */
export function bad(finding: Exclude<ProbeFinding, 'ok'>, where: string): ProbeAnswer {
  return { finding, reason: words[finding](where) };
}

/** What a socket's error says about the machine. */
export function findingOf({ code = '' }: NodeJS.ErrnoException): Exclude<ProbeFinding, 'ok'> {
  const found = findings[code] ?? 'unreachable';
  return found === 'ok' ? 'unreachable' : found;
}
