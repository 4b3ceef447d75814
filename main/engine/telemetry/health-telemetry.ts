import { createStopSource } from '../../contract/stop-signal.ts';
import type { ChannelTarget } from '../ports/channels.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { StoredSample } from '../ports/metrics-store.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { healthMeasuresOf, type MeasuredMachine } from './health-measures.ts';

/** Sends the figures of health after each round of readings, where a person said where to. Nobody waits for it. */
export interface HealthTelemetry {
  take(round: readonly StoredSample[]): void;
  /** Lets go of what is on its way. */
  stop(): Promise<void>;
}

export interface HealthTelemetryPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** Null where nobody wants figures. */
  target(): ChannelTarget | null;
  machines(): readonly MeasuredMachine[];
}

/**
 * Figures are worth as much as they are new: a round that comes while one is on its way, or that is refused, is left out.
 * What a receiver asks for by Retry-After is granted, an hour at most.
 */
export function createHealthTelemetry(ports: HealthTelemetryPorts): HealthTelemetry {
  const { clock, log, telemetry } = ports;
  const stopping = createStopSource();
  let sending: Promise<void> | null = null;
  let quietUntil = 0;
  let isTroubled = false;
  /** Newest sample of a platform that was sent, by machine. */
  let sentAt: ReadonlyMap<string, number> = new Map();

  const trouble = (reason: string): void => {
    // Said once, until it works again.
    if (!isTroubled) log.write('warn', 'telemetry', 'figures of health could not be sent', { reason });
    isTroubled = true;
  };
  const send = async (target: ChannelTarget, round: readonly StoredSample[]): Promise<void> => {
    const late = round.filter(({ source }) => source === 'azure');
    // Those of a platform are offered until newer ones come: each is told once.
    const fresh = round.filter(({ source, machineId, atMs }) => source !== 'azure' || atMs !== sentAt.get(machineId));
    const measures = healthMeasuresOf(ports.machines(), fresh, clock.wallNow());
    for (let from = 0; from < measures.length; from += telemetry.mostMeasures) {
      const part = measures.slice(from, from + telemetry.mostMeasures);
      const outcome = await telemetry.send(target, part, stopping.signal);
      if (outcome.kind !== 'delivered') {
        if (outcome.kind === 'failed')
          quietUntil = clock.monotonicNow() + Math.min(outcome.retryAfterMs ?? 0, longestQuietMs);
        trouble(outcome.reason);
        return;
      }
      isTroubled = false;
    }
    sentAt = new Map(late.map(({ machineId, atMs }) => [machineId, atMs]));
  };
  return {
    take: (round) => {
      if (sending !== null || stopping.signal.aborted || clock.monotonicNow() < quietUntil) return;
      const target = ports.target();
      if (target === null) return;
      sending = send(target, round)
        .catch((error: unknown) => log.write('error', 'telemetry', 'figures of health failed', { error }))
        .finally(() => {
          sending = null;
        });
    },
    stop: async () => {
      stopping.stop('stopped');
      await sending;
    },
  };
}

const longestQuietMs = 3_600_000;
