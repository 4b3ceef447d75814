import type { StopSignal } from '../../contract/stop-signal.ts';
import type { AzureAnswer, AzureFault } from '../../engine/ports/azure.ts';
import type { AzureInsight } from '../../engine/ports/azure-insight.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import { readAddresses } from './addresses.ts';
import type { ArmClients } from './arm-clients.ts';
import { readBootLog } from './boot-log.ts';
import { readBootScreen } from './boot-screen.ts';
import { createBootStore } from './boot-store.ts';
import { boundedCall } from './bounded-call.ts';
import { readCosts } from './costs.ts';
import { createMetrics } from './metrics.ts';
import { readActivities, readOpinion } from './opinion.ts';
import type { Trust } from './trust.ts';

export interface InsightPorts {
  readonly clock: Pick<Clock, 'monotonicNow'>;
  readonly clients: ArmClients;
  /** Origin of the resource manager. */
  manager(): string;
  /** Null for the certificates of the system. */
  trusted(): Promise<Trust | null>;
  /** An address of the stores of this cloud. */
  isOwnStore(address: string): boolean;
  /** Of Azure's clock, wall-clock milliseconds. */
  azureNow(): number;
  faultOf(error: unknown, signal: StopSignal): AzureFault;
}

const wholeMs = 60_000;

/** What Azure knows of machines beyond their power state. */
export function createInsight(ports: InsightPorts): AzureInsight {
  const { clients, faultOf } = ports;
  const store = createBootStore(ports);
  const answered = async <T>(signal: StopSignal, work: (abort: AbortSignal) => Promise<T>): Promise<AzureAnswer<T>> => {
    try {
      return { ok: true, value: await boundedCall(signal, wholeMs, work) };
    } catch (error) {
      return { ok: false, fault: faultOf(error, signal) };
    }
  };
  return {
    ...createMetrics(ports),
    addresses: (scope, signal) => answered(signal, (abort) => readAddresses(clients, scope, ports.manager(), abort)),
    costs: (scope, signal) =>
      answered(signal, (abort) => readCosts(clients, scope, ports.manager(), ports.azureNow, abort)),
    opinion: (vm, sinceMs, signal) => answered(signal, (abort) => readOpinion(clients, vm, sinceMs, abort)),
    activities: (vm, sinceMs, signal) => answered(signal, (abort) => readActivities(clients, vm, sinceMs, true, abort)),
    bootLog: (vm, mostBytes, signal) => answered(signal, (abort) => readBootLog(store, vm, mostBytes, abort)),
    bootScreen: (vm, mostBytes, signal) => answered(signal, (abort) => readBootScreen(store, vm, mostBytes, abort)),
  };
}
