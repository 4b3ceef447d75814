import { type Answer, Refusal } from './answer.ts';
import type { Fault } from './faults.ts';
import { armThrottled, computeThrottled, type Draw } from './throttle.ts';

const html =
  '<!DOCTYPE html><html><head><title>Sign in to the network</title></head><body><h1>Welcome</h1></body></html>';

/** What a fault says in place of the service; null: it lets the service speak. */
export function faultAnswer(fault: Fault, draw: Draw, origin: string, target: string, wallNow: number): Answer | null {
  switch (fault.kind) {
    case 'answer':
      return fault.answer;
    case 'throttle':
      return throttled(fault, draw, wallNow);
    case 'status':
      return {
        ...new Refusal(
          fault.status,
          codes[fault.status] ?? 'Unavailable',
          'The service could not answer. Please try again.',
        ).answer,
        ...(fault.retryAfter === undefined ? {} : { headers: { 'retry-after': String(fault.retryAfter) } }),
      };
    case 'html':
      return { status: fault.status, body: html, layout: 'html' };
    case 'redirect': {
      const location = fault.to === 'same-origin' ? `${origin}${target}` : `https://elsewhere.invalid${target}`;
      return { status: 307, headers: { location } };
    }
    case 'reset':
    case 'hang':
    case 'drip':
    case 'cut':
    case 'broken-json':
      return null;
    default:
      return fault satisfies never;
  }
}

/** For how long a throttling fault asked to wait, in milliseconds; 0: it did not say. */
export function askedWaitMs(fault: Fault): number {
  if (fault.kind !== 'throttle') return 0;
  if (typeof fault.retryAfter === 'number') return fault.retryAfter * 1000;
  return fault.retryAfter === 'date' ? dateWaitSeconds * 1000 : 0;
}

const dateWaitSeconds = 10;

const codes: Readonly<Record<number, string>> = {
  408: 'RequestTimeout',
  500: 'InternalServerError',
  502: 'BadGateway',
  503: 'ServiceUnavailable',
  504: 'GatewayTimeout',
  529: 'TooManyRequests',
};

function throttled(fault: Extract<Fault, { kind: 'throttle' }>, draw: Draw, wallNow: number): Answer {
  const { retryAfter, shape = 'arm' } = fault;
  const seconds = typeof retryAfter === 'number' ? retryAfter : dateWaitSeconds;
  const headers = retryAfterHeader(retryAfter, wallNow);
  switch (shape) {
    case 'arm':
      return armThrottled(draw, seconds, headers).answer;
    case 'compute':
      return computeThrottled('HighCostGetSubscriptionMaximum', 900, headers).answer;
    case 'metrics':
      return new Refusal(
        429,
        'SubscriptionRequestsThrottled',
        `Number of requests for subscription '${draw.subscriptionId}' and operation 'GET/SUBSCRIPTIONS/RESOURCEGROUPS/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/PROVIDERS/MICROSOFT.INSIGHTS/METRICS' exceeded the backend storage limit. Please try again after '${seconds}' seconds.`,
        { headers },
      ).answer;
    default:
      return shape satisfies never;
  }
}

function retryAfterHeader(
  retryAfter: Extract<Fault, { kind: 'throttle' }>['retryAfter'],
  wallNow: number,
): Record<string, string> {
  if (retryAfter === 'none') return {};
  if (retryAfter === 'date') return { 'retry-after': new Date(wallNow + dateWaitSeconds * 1000).toUTCString() };
  if (typeof retryAfter === 'number') return { 'retry-after': String(retryAfter) };
  return { [retryAfter.header ?? 'retry-after']: retryAfter.text };
}
