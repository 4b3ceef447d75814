import { createHttpHeaders, createPipelineRequest, type PipelineResponse } from '@azure/core-rest-pipeline';
import { armPolicy } from '../../main/adapters/azure/arm-policy.ts';
import type { Limiter } from '../../main/adapters/azure/limiter.ts';
import type { Clock } from '../../main/engine/ports/clock.ts';
import { Refusal } from './azure-double/answer.ts';
import type { Cost } from './azure-double/limits.ts';
import { Throttle } from './azure-double/throttle.ts';
import { noStop } from './insight-against-double.ts';

const origin = 'https://arm.example';
const subscriptionId = '11111111-aaaa-4000-8000-000000000001';
const vmPath = (index: number): string =>
  `/subscriptions/${subscriptionId}/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm-${index}`;

/** What can be asked for, as Azure counts it. */
export const armAsks = {
  list: (): ArmAsk => ({
    method: 'GET',
    path: `/subscriptions/${subscriptionId}/providers/Microsoft.Compute/virtualMachines`,
    cost: 'vm-list',
    resource: '',
  }),
  look: (index: number): ArmAsk => ({ method: 'GET', path: vmPath(index), cost: 'vm-read', resource: `vm-${index}` }),
  metrics: (index: number): ArmAsk => ({
    method: 'GET',
    path: `${vmPath(index)}/providers/Microsoft.Insights/metrics`,
    cost: 'other',
    resource: '',
  }),
  restart: (index: number): ArmAsk => ({
    method: 'POST',
    path: `${vmPath(index)}/restart`,
    cost: 'vm-update',
    resource: `vm-${index}`,
  }),
};

interface ArmAsk {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly cost: Cost;
  readonly resource: string;
}

/** Azure's own buckets behind our policy, in memory and by whatever clock: nothing leaves this process. */
export class ArmUnderPressure {
  readonly throttle: Throttle;
  calls = 0;
  refused = 0;
  /** Calls that came although a wait that was told was not over. */
  tooEarly = 0;
  readonly #clock: Clock;
  readonly #limiter: Limiter;
  readonly #latencyMs: number;

  constructor(clock: Clock, limiter: Limiter, latencyMs: number) {
    this.#clock = clock;
    this.#limiter = limiter;
    this.#latencyMs = latencyMs;
    this.throttle = new Throttle(clock);
  }

  /** Somebody else takes this share of everything in the subscription. */
  crowd(share: number): void {
    this.throttle.noisyNeighbour(subscriptionId, share);
  }

  /** The status of the answer; `onLeave` hears when it goes onto the wire. */
  async ask(ask: ArmAsk, isUrgent = false, onLeave: () => void = () => undefined): Promise<number> {
    const policy = armPolicy(
      { clock: this.#clock, limiter: this.#limiter, clockSeen: () => undefined },
      {
        subscription: subscriptionId,
        region: ask.cost === 'vm-list' ? '*' : 'westeurope',
        urgent: isUrgent,
        signal: noStop,
        origin,
        patienceMs: 60_000,
        leaving: onLeave,
      },
    );
    const request = createPipelineRequest({ url: `${origin}${ask.path}`, method: ask.method });
    const { status } = await policy.sendRequest(request, async () => this.#answer(ask, request));
    return status;
  }

  async #answer(ask: ArmAsk, request: PipelineResponse['request']): Promise<PipelineResponse> {
    const draw = { ...ask, subscriptionId, principal: 'me' };
    this.calls += 1;
    if (this.throttle.isWaitDue(draw)) this.tooEarly += 1;
    const answer = ((): { status: number; headers: Readonly<Record<string, string>> } => {
      try {
        return { status: ask.method === 'GET' ? 200 : 202, headers: this.throttle.pass(draw).headers };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        this.refused += 1;
        return { status: error.answer.status, headers: error.answer.headers ?? {} };
      }
    })();
    await new Promise<void>((resolve) => void this.#clock.after(this.#latencyMs, resolve));
    return {
      request,
      status: answer.status,
      headers: createHttpHeaders({ ...answer.headers, 'content-type': 'application/json' }),
      bodyAsText: '{"value":[]}',
    };
  }
}
