import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../../../main/engine/ports/clock.ts';
import { armTime } from './arm-time.ts';
import type { Operation } from './operation.ts';

/** The version in polling URLs is the service's own, not the one of the request. */
const pollingVersion = '2024-11-01';

export interface Plan {
  readonly action: string;
  readonly subscriptionId: string;
  readonly region: string;
  readonly durationMs: number;
  readonly status: 'Succeeded' | 'Failed' | 'Canceled';
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly output: unknown;
  /** Called once, when it is over for whatever reason. */
  readonly whenOver: (operation: Operation) => void;
}

/** Remembers every operation and makes the signed addresses under which it may be asked for. */
export class Operations {
  readonly #clock: Clock;
  readonly #secret = randomBytes(32);
  readonly #all = new Map<string, Operation>();
  /** Minutes east of UTC in which times are printed: front ends differ. */
  offsetMinutes = 0;
  origin = '';

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get all(): readonly Operation[] {
    return [...this.#all.values()];
  }

  begin(plan: Plan): Operation {
    let undo = (): void => undefined;
    const operation: Operation = {
      id: randomUUID(),
      action: plan.action,
      subscriptionId: plan.subscriptionId,
      region: plan.region,
      startedAt: this.#clock.wallNow(),
      endedAt: null,
      status: 'InProgress',
      error: null,
      output: null,
      end: (status, error) => {
        if (operation.endedAt !== null) return;
        undo();
        operation.endedAt = plan.durationMs === 0 ? operation.startedAt : this.#clock.wallNow();
        operation.status = status;
        operation.error = error ?? null;
        operation.output = status === 'Succeeded' ? plan.output : null;
        plan.whenOver(operation);
      },
    };
    this.#all.set(operation.id, operation);
    const finish = (): void => operation.end(plan.status, plan.error ?? undefined);
    if (plan.durationMs === 0) finish();
    else undo = this.#clock.after(plan.durationMs, finish);
    return operation;
  }

  /** The operation whose address this is, to the last character; undefined when nobody knows it; null when it was changed. */
  find(id: string, target: string): Operation | null | undefined {
    const operation = this.#all.get(id.toLowerCase());
    if (operation === undefined) return undefined;
    const isOurs = [false, true].some((isMonitor) => this.#target(operation, isMonitor) === target);
    return isOurs ? operation : null;
  }

  headersOf(operation: Operation): Record<string, string> {
    return {
      'azure-asyncoperation': `${this.origin}${this.#target(operation, false)}`,
      location: `${this.origin}${this.#target(operation, true)}`,
      'azure-asyncnotification': 'Enabled',
    };
  }

  statusBody(operation: Operation): Record<string, unknown> {
    return {
      startTime: armTime(operation.startedAt, this.offsetMinutes),
      ...(operation.endedAt === null ? {} : { endTime: armTime(operation.endedAt, this.offsetMinutes) }),
      status: operation.status,
      ...(operation.output === null ? {} : { properties: { output: operation.output } }),
      ...(operation.error === null ? {} : { error: operation.error }),
      name: operation.id,
    };
  }

  #target({ id, subscriptionId, region, startedAt }: Operation, isMonitor: boolean): string {
    const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Compute/locations/${region}/operations/${id}`;
    const partition = `${id.slice(0, 8)}-21d0-4280-aed0-2379131ee542`;
    // Ticks since the year 1, as .NET counts; the two addresses differ in them.
    const ticks = (BigInt(Math.floor(startedAt)) + 62_135_596_800_000n) * 10_000n + (isMonitor ? 156_240n : 0n);
    const head = `${path}?p=${partition}${isMonitor ? '&monitor=true' : ''}&api-version=${pollingVersion}&t=${ticks}`;
    const signed = `${head}&c=${this.#noise(`c${id}`, 3000)}&s=${this.#noise(`s${head}`, 342)}`;
    return `${signed}&h=${this.#noise(`h${signed}`, 43)}`;
  }

  /** So many characters that nobody can guess and that are the same each time. */
  #noise(seed: string, length: number): string {
    let text = '';
    for (let part = 0; text.length < length; part += 1)
      text += createHmac('sha512', this.#secret).update(`${part}|${seed}`).digest('base64url');
    return text.slice(0, length);
  }
}
