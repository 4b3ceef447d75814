import type { StopSignal } from '../../contract/stop-signal.ts';
import type { AzureFault, AzureVm } from '../../engine/ports/azure.ts';
import type { AzureInsight, AzureMeasuring } from '../../engine/ports/azure-insight.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { ArmClients } from './arm-clients.ts';
import { boundedCall } from './bounded-call.ts';
import { type MetricBatch, planBatches } from './metric-batches.ts';
import { minutesOf, type RawMetric, readMetrics } from './metric-minutes.ts';

export interface MetricsPorts {
  readonly clock: Pick<Clock, 'monotonicNow'>;
  readonly clients: ArmClients;
  /** Of Azure's clock, wall-clock milliseconds. */
  azureNow(): number;
  faultOf(error: unknown, signal: StopSignal): AzureFault;
}

const namespace = 'Microsoft.Compute/virtualMachines';
const interval = 'PT1M';
const aggregation = 'Average,Total';
/** All that one machine or batch is asked for. */
const wholeMs = 60_000;
/** Of one kind of call, so that what Azure says is left is heard before the next leave. */
const atOnce = 8;
const mostDefinitions = 500;
/** A kind of machine may learn to tell more. */
const definitionsMs = 24 * 3_600_000;
/** Who had no right to ask for many at once may have got it. */
const singlyMs = 3_600_000;

/**
 * Metrics of the platform: many machines by one call where the account has the right to read those of the subscription, one
 * by one where it has not. Which metrics there are is asked once for each size in each region.
 */
export function createMetrics({ clock, clients, azureNow, faultOf }: MetricsPorts): Pick<AzureInsight, 'metrics'> {
  const definitions = new Map<string, { readonly names: readonly string[]; readonly askedAt: number }>();
  /** Subscriptions and regions in which machines are asked for one by one, until then. */
  const singly = new Map<string, number>();

  const namesOf = (vm: AzureVm): readonly string[] | null => {
    const known = definitions.get(kindOf(vm));
    return known === undefined || clock.monotonicNow() - known.askedAt > definitionsMs ? null : known.names;
  };

  const define = async (vm: AzureVm, signal: StopSignal): Promise<void> => {
    const names = await boundedCall(signal, wholeMs, async (abort) => {
      const client = await clients.monitor({ ...vm, urgent: false, signal: abort });
      const found: string[] = [];
      for await (const { name } of client.metricDefinitions.list(vm.resourceId, { abortSignal: abort })) {
        if (name?.value !== undefined) found.push(name.value);
        if (found.length >= mostDefinitions) break;
      }
      return readMetrics(found);
    });
    definitions.set(kindOf(vm), { names, askedAt: clock.monotonicNow() });
  };

  const askMany = (batch: MetricBatch, fromMs: number, signal: StopSignal): Promise<ReadonlyMap<string, RawMetric[]>> =>
    boundedCall(signal, wholeMs, async (abort) => {
      const { tenant, subscription, region, names, vms } = batch;
      const client = await clients.metrics({ tenant, subscription, region, urgent: false, signal: abort });
      // The library hands the signal on, although its types do not say so.
      const how = {
        startTime: new Date(fromMs),
        endTime: new Date(azureNow()),
        interval,
        aggregation,
        abortSignal: abort,
      };
      const ids = vms.map(({ resourceId }) => resourceId);
      const results = await client.queryResources(ids, [...names], namespace, how);
      return new Map(
        results.flatMap(({ resourceId, metrics }) =>
          resourceId === undefined ? [] : [[slashed(resourceId).toLowerCase(), metrics.map(rawOf)] as const],
        ),
      );
    });

  const askOne = async (vm: AzureVm, fromMs: number, signal: StopSignal): Promise<AzureMeasuring> => {
    try {
      const { value } = await boundedCall(signal, wholeMs, async (abort) => {
        const client = await clients.monitor({ ...vm, urgent: false, signal: abort });
        return client.metrics.list(vm.resourceId, {
          metricnames: (namesOf(vm) ?? []).join(','),
          timespan: `${new Date(fromMs).toISOString()}/${new Date(azureNow()).toISOString()}`,
          interval,
          aggregation,
          abortSignal: abort,
        });
      });
      return { ok: true, value: minutesOf(value.map(({ name, ...rest }) => rawOf({ name: name.value, ...rest }))) };
    } catch (error) {
      return { ok: false, fault: faultOf(error, signal) };
    }
  };

  return {
    metrics: async (vms, fromMs, signal) => {
      const answers = new Map<string, AzureMeasuring>();
      const put = (vm: AzureVm, answer: AzureMeasuring): void => void answers.set(vm.resourceId.toLowerCase(), answer);

      const undefinedKinds = new Map(vms.filter((vm) => namesOf(vm) === null).map((vm) => [kindOf(vm), vm]));
      const faults = new Map<string, AzureFault>();
      await inTurns([...undefinedKinds], async ([kind, vm]) => {
        try {
          await define(vm, signal);
        } catch (error) {
          faults.set(kind, faultOf(error, signal));
        }
      });
      const askable: AzureVm[] = [];
      for (const vm of vms) {
        const fault = faults.get(kindOf(vm));
        const names = namesOf(vm);
        if (fault !== undefined) put(vm, { ok: false, fault });
        else if (names === null || names.length === 0) put(vm, { ok: true, value: [] });
        else askable.push(vm);
      }

      const alone: AzureVm[] = [];
      const isSingly = (vm: AzureVm): boolean => (singly.get(placeOf(vm)) ?? 0) > clock.monotonicNow();
      alone.push(...askable.filter(isSingly));
      const together = planBatches(
        askable.filter((vm) => !isSingly(vm)),
        namesOf,
      );
      await inTurns(together, async (batch) => {
        try {
          const found = await askMany(batch, fromMs, signal);
          for (const vm of batch.vms) {
            const metrics = found.get(vm.resourceId.toLowerCase());
            // One that the answer leaves out without a word is asked for by itself.
            if (metrics === undefined) alone.push(vm);
            else put(vm, { ok: true, value: minutesOf(metrics) });
          }
        } catch (error) {
          if (isNoWay(error)) {
            for (const vm of batch.vms) singly.set(placeOf(vm), clock.monotonicNow() + singlyMs);
            alone.push(...batch.vms);
            return;
          }
          const fault = faultOf(error, signal);
          for (const vm of batch.vms) put(vm, { ok: false, fault });
        }
      });
      await inTurns(alone, async (vm) => put(vm, await askOne(vm, fromMs, signal)));
      return answers;
    },
  };
}

/** Sizes and regions differ in what they tell. */
function kindOf({ subscription, region, size, os }: AzureVm): string {
  return [subscription, region, size, os].join(' ').toLowerCase();
}

function placeOf({ subscription, region }: AzureVm): string {
  return `${subscription} ${region}`;
}

/**
 * No right to the metrics of the whole subscription (401), its provider not registered there (403), no such host (404): each
 * machine may still be asked for. What the sign-in service says of a token has another code.
 */
function isNoWay(error: unknown): boolean {
  if (!(error instanceof Error) || !('statusCode' in error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (error.statusCode === 401) return !/token|expired/i.test(code);
  return error.statusCode === 403 || error.statusCode === 404;
}

function slashed(id: string): string {
  return id.startsWith('/') ? id : `/${id}`;
}

interface AnyMetric {
  readonly name: string;
  readonly errorCode?: string | undefined;
  readonly timeseries?: readonly { readonly data?: RawMetric['data'] | undefined }[] | undefined;
}

/** What one metric lacks by trouble of its own it merely lacks. */
function rawOf({ name, timeseries }: AnyMetric): RawMetric {
  return { name, data: timeseries?.[0]?.data ?? [] };
}

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, waiting.length) }, worker));
}
