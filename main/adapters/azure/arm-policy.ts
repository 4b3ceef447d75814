import type { PipelinePolicy, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { CallKind, CallPlace, CallScope, Limiter } from './limiter.ts';
import { longestWaitMs, retryAfterMs, usualWaitMs } from './retry-after.ts';

/** What stands between the library and the wire, for every single request: pages and looks at operations too. */
export interface ArmCall {
  readonly subscription: string;
  /** Of the machine the call is about; `*` for a whole subscription. */
  readonly region: string;
  readonly urgent: boolean;
  readonly signal: StopSignal;
  /** The origin that may have the token. */
  readonly origin: string;
  /** Longer than this nobody waits for the limiter: the fault says when to come again. */
  readonly patienceMs: number;
  /** A request goes onto the wire. */
  leaving?(): void;
  /** Hears of every answer. */
  seen?(answer: ArmAnswer): void;
}

export interface ArmAnswer {
  readonly method: string;
  readonly status: number;
  readonly retryAfterMs: number | null;
  /** There is an address at which the operation can be asked about. */
  readonly canBeFollowed: boolean;
}

export interface ArmPolicyPorts {
  readonly clock: Clock;
  readonly limiter: Limiter;
  /** By how much our clock goes ahead, seen at an answer. */
  clockSeen(aheadMs: number): void;
}

/** A trouble of our own making, in the shape of the library's errors. */
export class ArmTrouble extends Error {
  readonly code: string;
  readonly statusCode: number | undefined;
  readonly waitMs: number | null;

  constructor(code: string, message: string, statusCode?: number, waitMs: number | null = null) {
    super(message);
    this.name = 'ArmTrouble';
    this.code = code;
    this.statusCode = statusCode;
    this.waitMs = waitMs;
  }
}

/** From the first byte sent to the last one received. */
const answerMs = 30_000;
const machines = /\/providers\/microsoft\.compute\/virtualmachines$/i;
const oneMachine = /\/providers\/microsoft\.compute\/virtualmachines\/[^/]+/i;
const metrics = /\/providers\/microsoft\.insights\/metrics$/i;
const batch = /\/metrics:getbatch$/i;
const costs = /\/providers\/microsoft\.costmanagement\/query$/i;
const operation = /\/operations\/([^/?]+)|\/operationresults\/([^/?]+)/i;

export function armPolicy(ports: ArmPolicyPorts, call: ArmCall): PipelinePolicy {
  const { clock, limiter } = ports;
  return {
    name: 'vigil',
    sendRequest: async (request, next) => {
      refuseElsewhere(request, call.origin);
      const place = placeOf(request, call);
      refuseWhileFrozen(limiter.frozenMs(place), call.patienceMs);
      await limiter.enter(place, call.urgent, call.signal);
      request.timeout = request.timeout > 0 ? Math.min(request.timeout, answerMs) : answerMs;
      call.leaving?.();
      const leftAt = clock.wallNow();
      const response = await next(request);
      const header = (name: string): string | undefined => response.headers.get(name);
      const waitMs = retryAfterMs(header, clock.wallNow());
      noteClock(response, leftAt, ports.clockSeen);
      for (const { calls, scope } of callsLeft(response, request.method)) limiter.left(place, calls, scope);
      if (isPushedBack(response.status, waitMs)) {
        limiter.freeze(place, waitMs ?? usualWaitMs, spentScope(place.kind, response));
      }
      call.seen?.({
        method: request.method,
        status: response.status,
        retryAfterMs: waitMs,
        canBeFollowed: header('azure-asyncoperation') !== undefined || header('location') !== undefined,
      });
      if (response.status >= 400) noteRefusal(request, response);
      if (request.method === 'GET' && response.status === 200) refuseForeignBody(request, response);
      return response;
    },
  };
}

/** What the service said of requests that it refused. */
const refusals = new WeakMap<object, string>();

/** Null for a request that was not refused, or was without a word. */
export function refusalOf(request: object): string | null {
  return refusals.get(request) ?? null;
}

function noteRefusal(request: PipelineRequest, { bodyAsText }: PipelineResponse): void {
  const body = parsed(bodyAsText ?? '');
  const error: unknown = body === null ? null : (Reflect.get(body, 'error') ?? body);
  const message: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'message') : null;
  if (typeof message === 'string') refusals.set(request, message);
}

/** A page may name any host, and the library would hand it the token. */
function refuseElsewhere(request: PipelineRequest, origin: string): void {
  if (URL.canParse(request.url) && new URL(request.url).origin === origin) return;
  throw new ArmTrouble('VIGIL_GARBLED', 'An answer of Azure leads to another host, which gets nothing from here.');
}

function refuseWhileFrozen(frozenMs: number, patienceMs: number): void {
  if (frozenMs <= patienceMs) return;
  throw new ArmTrouble('VIGIL_THROTTLED', 'Azure asked to be left alone.', 429, Math.min(frozenMs, longestWaitMs));
}

function placeOf(request: PipelineRequest, { subscription, region }: ArmCall): CallPlace {
  const { pathname } = new URL(request.url);
  const kind = kindOf(request.method, pathname);
  const item = itemOf(kind, pathname);
  const place = { subscription, region: kind === 'list' ? '*' : region, kind };
  return item === null ? place : { ...place, item };
}

function kindOf(method: string, pathname: string): CallKind {
  if (batch.test(pathname)) return 'batch';
  if (metrics.test(pathname)) return 'metrics';
  if (costs.test(pathname)) return 'costs';
  if (method !== 'GET') return 'write';
  if (machines.test(pathname)) return 'list';
  return operation.test(pathname) ? 'operation' : 'read';
}

function itemOf(kind: CallKind, pathname: string): string | null {
  const found =
    kind === 'operation' ? operation.exec(pathname)?.slice(1).find(Boolean) : oneMachine.exec(pathname)?.[0];
  return found === undefined || kind === 'list' ? null : found.toLowerCase();
}

/** 529 is how the metrics say that they are overloaded. */
function isPushedBack(status: number, waitMs: number | null): boolean {
  return status === 429 || status === 529 || (status === 503 && waitMs !== null);
}

interface CallsLeft {
  readonly calls: number;
  readonly scope: CallScope;
}

/** Every count of what is left that the answer carries. */
function callsLeft(response: PipelineResponse, method: string): readonly CallsLeft[] {
  const verb = method === 'GET' ? 'reads' : method === 'DELETE' ? 'deletes' : 'writes';
  const counts = ['', 'global-'].map((whose): CallsLeft => {
    const text = response.headers.get(`x-ms-ratelimit-remaining-subscription-${whose}${verb}`) ?? '';
    return { calls: Number.parseInt(text, 10), scope: 'manager' };
  });
  return [...counts, ...resourceCounts(response)].filter(({ calls }) => Number.isInteger(calls) && calls >= 0);
}

/** `Microsoft.Compute/LowCostGetSubscriptionMaximum;23999,Microsoft.Compute/LowCostGetResource;35` */
function resourceCounts(response: PipelineResponse): readonly CallsLeft[] {
  return (response.headers.get('x-ms-ratelimit-remaining-resource') ?? '').split(',').map((part) => {
    const [name = '', calls = ''] = part.split(';');
    return { calls: Number.parseInt(calls, 10), scope: /resource$/i.test(name.trim()) ? 'item' : 'kind' };
  });
}

/** Which count was used up; undefined where the answer does not tell, and then all of them are left alone. */
function spentScope(kind: CallKind, response: PipelineResponse): CallScope | undefined {
  // Costs have counts of their own behind the manager's: a cure does not wait because somebody looked at the bill.
  if (kind === 'costs' && !/SubscriptionRequestsThrottled/i.test(response.bodyAsText ?? '')) return 'kind';
  return resourceCounts(response).find(({ calls }) => calls === 0)?.scope;
}

/**
 * Against the moment at which the question left, never later than the one at which the service wrote its time: this computer
 * may have slept before the answer was heard. So it is never believed to be further ahead than it is.
 */
function noteClock(response: PipelineResponse, leftAt: number, seen: (aheadMs: number) => void): void {
  const served = Date.parse(response.headers.get('date') ?? '');
  // The service writes whole seconds.
  if (!Number.isNaN(served)) seen(leftAt - served);
}

/**
 * The library takes any 200 for an answer: a page of a hotel's network would read as an empty object, and an empty
 * object as a subscription without machines.
 */
function refuseForeignBody(request: PipelineRequest, response: PipelineResponse): void {
  const text = response.bodyAsText ?? '';
  const { pathname } = new URL(request.url);
  const mayBeEmpty = operation.test(pathname);
  if (text.trim() === '' && mayBeEmpty) return;
  const type = response.headers.get('content-type') ?? '';
  if (!/json/i.test(type) || !/^\s*\{/.test(text)) throw garbled();
  const body = parsed(text);
  if (body === null) throw garbled();
  if (machines.test(pathname) && !('value' in body && Array.isArray(body.value))) throw garbled();
  if (Object.keys(body).length === 0) throw garbled();
}

function parsed(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function garbled(): ArmTrouble {
  return new ArmTrouble('VIGIL_GARBLED', 'The answer is none of Azure, or was cut off.');
}
