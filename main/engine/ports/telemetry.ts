import type { StopSignal } from '../../contract/stop-signal.ts';
import type { ChannelTarget, SendOutcome } from './channels.ts';

/** One measured value on its way to where figures are collected. */
export interface Measure {
  /** `health.disk_usage`. */
  readonly name: string;
  readonly value: number;
  readonly machine: string;
  /** Wall-clock milliseconds. */
  readonly at: number;
}

/** The far end that takes figures. */
export interface Telemetry {
  /** One try for at most `mostMeasures`. Never rejects, and ends within 30 s. Nothing of a secret is in what it says. */
  send(target: ChannelTarget, measures: readonly Measure[], signal: StopSignal): Promise<SendOutcome>;
  readonly mostMeasures: number;
}
