import { createSocket } from 'node:dgram';
import { getServers, Resolver } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { connect, isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Network, NetworkDescription } from '../../engine/ports/network.ts';

/** What a socket says when there is no way at all, before any packet is sent. */
const noRoute: ReadonlySet<string> = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL']);
/** What only somebody at the other end can have said. */
const answered: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET']);

/** This computer's own network. `routesFile` is Linux's table of IPv4 routes. */
export function createNetwork(routesFile = '/proc/net/route'): Network {
  return {
    describe: () => describe(routesFile),
    hasRouteTo: (host) => hasRoute(isIP(host) === 0 ? '192.0.2.1' : host),
    answers,
    nameServerAnswers,
  };
}

function describe(routesFile: string): NetworkDescription {
  const up = Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) => {
    const own = addresses.filter(({ internal, scopeid }) => !internal && (scopeid === undefined || scopeid === 0));
    return own.length === 0 ? [] : [{ name, addresses: own.map(({ cidr, address }) => cidr ?? address).sort() }];
  });
  const gateway = gatewayOf(routesFile);
  return {
    links: up.map(({ name }) => name),
    gateway,
    fingerprint: JSON.stringify([up.toSorted((a, b) => (a.name < b.name ? -1 : 1)), gateway]),
  };
}

/** Destination 00000000 is everywhere else; addresses are hexadecimal, lowest byte first. */
function gatewayOf(routesFile: string): string | null {
  let text: string;
  try {
    text = readFileSync(routesFile, 'utf8');
  } catch {
    return null;
  }
  for (const line of text.split('\n').slice(1)) {
    const [, destination, gateway = ''] = line.split('\t');
    if (destination !== '00000000' || !/^[0-9A-F]{8}$/i.test(gateway) || gateway === '00000000') continue;
    return (gateway.match(/../g) ?? [])
      .reverse()
      .map((byte) => Number.parseInt(byte, 16))
      .join('.');
  }
  return null;
}

/** Connecting a datagram socket asks the routes and sends nothing. */
function hasRoute(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    const done = (answer: boolean): void => {
      socket.removeAllListeners();
      socket.on('error', () => {});
      socket.close();
      resolve(answer);
    };
    socket.once('connect', () => done(true));
    socket.once('error', (error: NodeJS.ErrnoException) => done(!noRoute.has(error.code ?? '')));
    socket.connect(9, address);
  });
}

function answers(host: string, port: number, timeoutMs: number, signal: StopSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const done = (answer: boolean): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      socket.destroy();
      resolve(answer);
    };
    const giveUp = (): void => done(false);
    const timer = setTimeout(giveUp, timeoutMs);
    signal.addEventListener('abort', giveUp);
    socket.once('connect', () => done(true));
    socket.on('error', (error: NodeJS.ErrnoException) => done(answered.has(error.code ?? '')));
  });
}

async function nameServerAnswers(timeoutMs: number, signal: StopSignal): Promise<boolean | null> {
  // A server on this computer itself, such as a cache, answers without any network.
  const servers = getServers().filter((server) => !/^(127\.|\[?::1\]?(:|$)|0\.0\.0\.0)/.test(server));
  if (servers.length === 0) return null;
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
  resolver.setServers(servers.slice(0, 3));
  const giveUp = (): void => resolver.cancel();
  const timer = setTimeout(giveUp, timeoutMs);
  signal.addEventListener('abort', giveUp);
  try {
    await resolver.resolveNs('.');
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // Every answer counts, also that it does not know or will not tell.
    return ['ENODATA', 'ENOTFOUND', 'ESERVFAIL', 'EREFUSED', 'EFORMERR', 'ENOTIMP', 'EBADRESP'].includes(code);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}
