import type { Clock } from '../../engine/ports/clock.ts';
import type { Secrets } from '../../engine/ports/secrets.ts';
import type { Measure, Telemetry } from '../../engine/ports/telemetry.ts';
import type { LookUp } from './find-receiver.ts';
import { readConnection } from './insights-message.ts';
import { judgeAnswer } from './judge-answer.ts';
import { createLookUp } from './look-up.ts';
import { type PostLimits, post, usualLimits } from './post.ts';

export interface TelemetryOptions {
  readonly clock: Clock;
  readonly secrets: Secrets;
  readonly lookUp?: LookUp;
  readonly limits?: PostLimits;
}

/** Figures for Application Insights, through the same door as its events. */
export function createInsightsTelemetry({
  clock,
  secrets,
  lookUp = createLookUp(),
  limits = usualLimits,
}: TelemetryOptions): Telemetry {
  return {
    mostMeasures: 500,
    send: async (target, measures, signal) => {
      const connection = readConnection(secrets.read('application insights connection') ?? '');
      if (connection === null) {
        const reason = 'The connection string of Application Insights cannot be read.';
        return { kind: 'refused', reason };
      }
      const body = measures.map((measure) => JSON.stringify(envelopeOf(measure, connection.key))).join('\n');
      const headers = { 'content-type': 'application/x-json-stream' };
      const answer = await post(
        { url: connection.url, allowPrivate: target.allowPrivate, headers, body, secrets: [connection.key], signal },
        lookUp,
        limits,
      );
      return judgeAnswer(answer, clock.wallNow());
    },
  };
}

/** One figure each: of several in an envelope only the first would count. */
function envelopeOf({ name, value, machine, at }: Measure, key: string): unknown {
  return {
    name: 'Microsoft.ApplicationInsights.Metric',
    time: new Date(at).toISOString(),
    iKey: key,
    tags: { 'ai.cloud.role': 'vigil' },
    data: {
      baseType: 'MetricData',
      baseData: { ver: 2, metrics: [{ name, kind: 0, value, count: 1 }], properties: { machine } },
    },
  };
}
