import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { loopbackCertificate } from './loopback-certificate.ts';

/** One request as it came in. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** `performance.now()`. */
  readonly at: number;
}

/** How a receiver behaves towards one request; it has been read by then. */
export type Behaviour = (request: Received, response: ServerResponse, received: readonly Received[]) => void;

export interface HookReceiver {
  readonly url: string;
  readonly port: number;
  /** Every request that was read whole, also those that got no answer. */
  readonly received: readonly Received[];
  readonly connections: number;
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

/** A real receiver on the loopback address. */
export async function startHookReceiver(behaviour: Behaviour, isSecure = true): Promise<HookReceiver> {
  const received: Received[] = [];
  let present = behaviour;
  let connections = 0;
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    let body = '';
    request.setEncoding('utf8');
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    request.on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      const one = { path: request.url ?? '', headers: request.headers, body, at: performance.now() };
      received.push(one);
      present(one, response, received);
    });
  };
  const server: Server = isSecure ? createHttpsServer(loopbackCertificate, take) : createHttpServer(take);
  server.on('connection', (socket) => {
    connections += 1;
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${isSecure ? 'https' : 'http'}://127.0.0.1:${port}/hook`,
    port,
    received,
    get connections() {
      return connections;
    },
    behave: (next) => {
      present = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const accepts: Behaviour = (_request, response) => void response.writeHead(200).end('ok');

/** Slack: `ok`, and a moment of quiet for whoever says more than one thing a second. */
export const slackBehaviour: Behaviour = (request, response, received) => {
  const before = received.at(-2);
  if (before !== undefined && request.at - before.at < 1000)
    response.writeHead(429, { 'retry-after': '1' }).end('rate_limited');
  else response.writeHead(200).end('ok');
};

/** Discord: 204 and not a word; nothing without something to say. */
export const discordBehaviour: Behaviour = ({ body }, response) => {
  const { embeds } = JSON.parse(body) as { readonly embeds: readonly { readonly description: string }[] };
  const fits = embeds.length > 0 && embeds.every(({ description }) => description.length <= 4096);
  if (fits) response.writeHead(204).end();
  else response.writeHead(400).end('{"code": 50035}');
};

/** A workflow of Teams: 202, and cards up to 28 KiB. */
export const teamsBehaviour: Behaviour = ({ body }, response) => {
  const isCard = body.includes('"contentType":"application/vnd.microsoft.card.adaptive"');
  response.writeHead(!isCard ? 400 : Buffer.byteLength(body) > 28 * 1024 ? 413 : 202).end();
};

/** Application Insights: takes one document or one a line, and says how many of the things it took. */
export const insightsBehaviour: Behaviour = ({ body, headers }, response) => {
  const isStream = headers['content-type'] === 'application/x-json-stream';
  const lines = isStream ? body.split('\n').map((line): unknown => JSON.parse(line)) : null;
  const items = lines ?? (JSON.parse(body) as readonly unknown[]);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ itemsReceived: items.length, itemsAccepted: items.length, errors: [] }));
};

/** The ways in which receivers fail. */
export const badBehaviours: Readonly<Record<string, Behaviour>> = {
  hang: () => undefined,
  // A connection of TLS has no reset of its own.
  reset: (_request, { socket }) =>
    void (socket !== null && 'encrypted' in socket ? socket.destroy() : socket?.resetAndDestroy()),
  'half an answer': (_request, { socket }) => void socket?.end('HTTP/1.1 2'),
  'server error': (_request, response) => void response.writeHead(503).end('busy'),
  'too many': (_request, response) => void response.writeHead(429, { 'retry-after': '2' }).end(),
  'accept then drop': (_request, response) => void response.socket?.destroy(),
};
