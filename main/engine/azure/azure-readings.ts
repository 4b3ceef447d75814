import { createStopSource } from '../../contract/stop-signal.ts';
import { startLoop } from '../lifetime/loop.ts';
import type { Azure } from '../ports/azure.ts';
import type { AzureMeasuring } from '../ports/azure-insight.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { StoredSample } from '../ports/metrics-store.ts';
import type { AzureMachine } from './azure-view.ts';
import { samplesOf } from './minutes-to-samples.ts';

/**
 * Reads what the platform measures of the machines that run, on a beat of its own: Azure counts the calls, and has the
 * newest minutes late.
 */
export interface AzureReadings {
  /** One round, now. */
  run(): Promise<void>;
  /** The newest good values of each machine, as far as they still say something about now. */
  newest(): readonly StoredSample[];
  /** Machines came into the fleet: when none was asked for yet, the first round does not wait for its turn. */
  appeared(): void;
  begin(): void;
  stop(): Promise<void>;
}

export interface AzureReadingsPorts {
  readonly azure: Pick<Azure, 'insight' | 'clockAheadMs'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Every machine of Azure that runs, as far as is known. */
  running(): readonly AzureMachine[];
  isSignedIn(): boolean;
  /** The newest good sample of each of these machines that an earlier engine put down since then; Azure's clock. */
  kept(ids: readonly string[], fromMs: number): Promise<readonly StoredSample[]>;
  keep(samples: readonly StoredSample[]): Promise<void>;
}

/** From one round to the next. */
export const readingsMs = 300_000;
/** The first round of a machine looks back so far. */
const firstMs = 600_000;
/** A machine that was not read for longer begins anew: what lies between is a hole. */
const longestBackMs = 7_200_000;
const usualBackMs = 1_800_000;
/** Values may come late: it is asked a little before the last known one. */
const overlapMs = 60_000;
const firstAfterMs = 20_000;
/** Values of two rounds ago, with Azure's own delay, are none of now. */
const freshMs = readingsMs + 300_000;

export function createAzureReadings(ports: AzureReadingsPorts): AzureReadings {
  const { azure, clock } = ports;
  const stopping = createStopSource();
  const newest = new Map<string, StoredSample>();
  const azureNow = (): number => clock.wallNow() - (azure.clockAheadMs() ?? 0);
  let stopLoop: () => Promise<void> = async () => undefined;
  let isDue = false;
  let hasAsked = false;

  let isTakenUp = false;

  /** Goes on from where the last engine ended: nothing between is left out, and nothing put down twice. */
  const takeUp = async (ids: readonly string[], now: number): Promise<void> => {
    const found = await ports.kept(ids, now - longestBackMs);
    for (const sample of found) if (!newest.has(sample.machineId)) newest.set(sample.machineId, sample);
    isTakenUp = true;
  };

  const fromOf = (machines: readonly AzureMachine[], now: number): number => {
    const since = machines.map(({ record }) => newest.get(record.id)?.atMs ?? now - firstMs);
    return Math.max(now - longestBackMs, Math.min(...since) - overlapMs);
  };

  /** Those of which nothing was heard for long are asked about by themselves: the others need not tell it all again. */
  const byAge = (machines: readonly AzureMachine[], now: number): readonly (readonly AzureMachine[])[] => {
    const isLongAgo = ({ record }: AzureMachine): boolean => (newest.get(record.id)?.atMs ?? now) < now - usualBackMs;
    const groups = [machines.filter((each) => !isLongAgo(each)), machines.filter(isLongAgo)];
    return groups.filter(({ length }) => length > 0);
  };

  const run = async (): Promise<void> => {
    isDue = false;
    const machines = ports.running();
    const ids = new Set(machines.map(({ record }) => record.id));
    for (const id of newest.keys()) if (!ids.has(id)) newest.delete(id);
    hasAsked = machines.length > 0 && ports.isSignedIn();
    if (!hasAsked) return;
    const asked = azureNow();
    if (!isTakenUp) await takeUp([...ids], asked);
    const answers = new Map<string, AzureMeasuring>();
    for (const group of byAge(machines, asked)) {
      const vms = group.map(({ record }) => record.vm);
      for (const [key, answer] of await azure.insight.metrics(vms, fromOf(group, asked), stopping.signal))
        answers.set(key, answer);
      if (stopping.signal.aborted) return;
    }
    const now = azureNow();
    const samples = machines.flatMap(({ record }) => {
      const answer = answers.get(record.vm.resourceId.toLowerCase());
      return answer === undefined ? [] : samplesOf(record.id, answer, newest.get(record.id)?.atMs ?? null, now);
    });
    for (const sample of samples) if (sample.error === null) newest.set(sample.machineId, sample);
    if (samples.length > 0) await ports.keep(samples);
  };

  return {
    run,
    newest: () => [...newest.values()].filter(({ atMs }) => azureNow() - atMs <= freshMs),
    appeared: () => {
      isDue = !hasAsked;
    },
    begin: () => {
      stopLoop = startLoop({
        name: 'azure readings',
        clock,
        log: ports.log,
        intervalMs: () => (isDue ? 0 : readingsMs),
        isSteady: true,
        firstAfterMs,
        run,
      });
    },
    stop: async () => {
      stopping.stop('stopped');
      await stopLoop();
    },
  };
}
