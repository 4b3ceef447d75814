import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { Clock } from '../../../main/engine/ports/clock.ts';
import { type Answer, Refusal } from './answer.ts';
import { type Call, readTarget } from './call.ts';
import { askedWaitMs, faultAnswer } from './fault-answers.ts';
import { Ingestion } from './ingestion.ts';
import { Login } from './login.ts';
import { Management } from './management.ts';
import { MovableClock } from './movable-clock.ts';
import { Operations } from './operations.ts';
import { makePrivateAuthority } from './private-authority.ts';
import { beginRecord, type RequestRecord } from './request-record.ts';
import { send } from './responder.ts';
import { Throttle } from './throttle.ts';
import { Tokens } from './tokens.ts';
import { AzureWorld } from './world.ts';

/**
 * Azure on the loopback address: sign-in, resource manager and metrics behind one HTTPS origin with a certificate of its
 * own, made for the real SDKs.
 *
 *     const azure = await startAzureDouble();
 *     const machine = azure.world.addSubscription().addMachine({ name: 'web', powerState: 'stopped' });
 *     const client = new ComputeManagementClient(azure.credential(), machine.subscriptionId, {
 *       endpoint: azure.origin,
 *       tlsOptions: { ca: azure.ca },
 *     });
 *
 * The batch host of metrics is the same origin, for every region. MSAL is given `azure.authority` with `knownAuthorities:
 * [azure.host]`, in a process that trusts `azure.ca` (`setDefaultCACertificates` or NODE_EXTRA_CA_CERTS). What the service
 * knows is in `world`, who signs in and how in `login`, what it was asked in `requests`. Operations take the time of
 * `world.durations`; `clock.advance(ms)` lets it pass at once.
 */
export interface AzureDouble {
  /** `https://127.0.0.1:PORT`. */
  readonly origin: string;
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** For MSAL: `{origin}/organizations`. */
  readonly authority: string;
  /** PEM of the authority that signed the certificate. */
  readonly ca: string;
  readonly world: AzureWorld;
  readonly tokens: Tokens;
  readonly login: Login;
  readonly operations: Operations;
  /** Application Insights; its IngestionEndpoint is the origin. */
  readonly ingestion: Ingestion;
  /** Every request in the order of arrival, also those that got no answer. */
  readonly requests: readonly RequestRecord[];
  /** For the SDKs: a fresh token whenever they ask. In the home tenant when none is named. */
  credential(tenantId?: string): {
    getToken(
      scopes: string | string[],
      options?: { readonly claims?: string },
    ): Promise<{ token: string; expiresOnTimestamp: number }>;
  };
  close(): Promise<void>;
}

/** With a clock of one's own time stands still or jumps as that clock does; without, it is real time that may be advanced. */
export async function startAzureDouble(): Promise<AzureDouble & { readonly clock: MovableClock }>;
export async function startAzureDouble<C extends Clock>(options: {
  readonly clock: C;
}): Promise<AzureDouble & { readonly clock: C }>;
export async function startAzureDouble(
  options: { readonly clock?: Clock } = {},
): Promise<AzureDouble & { readonly clock: Clock }> {
  const clock = options.clock ?? new MovableClock();
  const throttle = new Throttle(clock);
  const world = new AzureWorld(clock, throttle);
  const tokens = new Tokens(clock);
  const operations = new Operations(clock);
  const login = new Login(clock, world, tokens);
  const service = { clock, world, tokens, operations, throttle };
  const management = new Management(service);
  const ingestion = new Ingestion(clock);
  const requests: RequestRecord[] = [];
  const authority = makePrivateAuthority();

  const decide = (call: Call, record: RequestRecord): Answer => {
    try {
      return login.answer(call) ?? ingestion.answer(call) ?? management.answer(call, record);
    } catch (error) {
      if (error instanceof Refusal) {
        record.code = error.code;
        return error.answer;
      }
      throw error;
    }
  };

  const respond = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    const target = request.url ?? '/';
    const call: Call = {
      method: request.method ?? 'GET',
      target,
      ...readTarget(target),
      headers: request.headers,
      body,
      at: clock.wallNow(),
    };
    const record = beginRecord(call, clock.monotonicNow());
    requests.push(record);
    const fault = world.faults.next(call);
    record.fault = fault?.kind ?? null;
    const sayNothing = (when: 'before' | 'after'): boolean => {
      if ((fault?.kind !== 'reset' && fault?.kind !== 'hang') || fault.when !== when) return false;
      if (fault.kind === 'reset') request.socket.destroy();
      return true;
    };
    if (sayNothing('before')) return;
    const draw = management.drawOf(call);
    const told = fault === null ? null : faultAnswer(fault, draw, login.origin, target, clock.wallNow());
    if (told !== null) record.isTooEarly = throttle.isWaitDue(draw);
    const answer = told ?? decide(call, record);
    if (fault !== null) throttle.closeFor(draw, askedWaitMs(fault));
    if (sayNothing('after')) return;
    record.status = answer.status;
    const deliver = (): void =>
      send(response, {
        answer,
        wallNow: clock.wallNow(),
        acceptsGzip: /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? '')),
        fault,
      });
    const latency = latencyOf(world, call);
    if (latency === 0) deliver();
    else clock.after(latency, deliver);
  };

  const server = createServer(
    { key: authority.key, cert: authority.cert, maxHeaderSize: 32 * 1024 },
    (request, response) => {
      const parts: Buffer[] = [];
      request.on('error', () => undefined);
      response.on('error', () => undefined);
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => respond(request, response, unpacked(request, Buffer.concat(parts))));
    },
  );
  // A client that pauses must not find its connection closed under its next request.
  server.keepAliveTimeout = 120_000;
  const host = await listen(server);
  const origin = `https://${host}`;
  operations.origin = origin;
  login.origin = origin;

  return {
    origin,
    host,
    authority: `${origin}/organizations`,
    ca: authority.ca,
    clock,
    world,
    tokens,
    login,
    operations,
    ingestion,
    requests,
    credential: (tenantId) => ({
      getToken: async (_scopes, { claims } = {}) => {
        const { token, expiresAt } = tokens.issue(
          login.person,
          tenantId ?? world.homeTenant.id,
          undefined,
          claims !== undefined,
        );
        return { token, expiresOnTimestamp: expiresAt * 1000 };
      },
    }),
    close: async () => {
      if (clock instanceof MovableClock) clock.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function unpacked({ headers }: IncomingMessage, body: Buffer): string {
  return (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8');
}

async function listen(server: Server): Promise<string> {
  server.on('connection', (socket) => socket.on('error', () => undefined));
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Regions answer at their own pace: that of the machine or region in the path. */
function latencyOf(world: AzureWorld, { segments }: Call): number {
  if (world.latencies.size === 0) return 0;
  const parts = segments.map((part) => part.toLowerCase());
  const machine = world.machines.find(({ name }) => parts.includes(name.toLowerCase()));
  const region = machine?.region ?? [...world.latencies.keys()].find((name) => parts.includes(name));
  return region === undefined ? 0 : (world.latencies.get(region) ?? 0);
}
