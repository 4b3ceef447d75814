import { describe, expect, it } from 'vitest';
import { noValues } from '../../../../main/contract/sample.ts';
import type { Standing } from '../../../../main/engine/health/combine-health.ts';
import type { ChannelTarget, SendOutcome } from '../../../../main/engine/ports/channels.ts';
import type { StoredSample } from '../../../../main/engine/ports/metrics-store.ts';
import type { Measure } from '../../../../main/engine/ports/telemetry.ts';
import { healthMeasuresOf, type MeasuredMachine } from '../../../../main/engine/telemetry/health-measures.ts';
import { createHealthTelemetry } from '../../../../main/engine/telemetry/health-telemetry.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { recordingLog } from '../../../support/recording-log.ts';

const sample = (changes: Partial<StoredSample>): StoredSample => ({
  ...noValues,
  machineId: 'w',
  atMs: 0,
  source: 'guest',
  error: null,
  ...changes,
});
const standing = (method: 'unit' | 'heartbeat', kind: 'ok' | 'failed' | 'unknown', figure?: number): Standing =>
  ({ method, subject: null, at: 0, result: { kind, method, ...(figure === undefined ? {} : { figure }) } }) as Standing;
const web = (standings: readonly Standing[] = [], crashes = 0): MeasuredMachine => ({
  id: 'w',
  name: 'web',
  standings,
  crashes,
});
const values = (machine: MeasuredMachine, ...round: readonly StoredSample[]) =>
  Object.fromEntries(healthMeasuresOf([machine], round, 5).map(({ name, value }) => [name, value]));

describe('figures of health', () => {
  it('are the five that dashboards know', () => {
    const machine = web([standing('unit', 'ok'), standing('unit', 'failed'), standing('heartbeat', 'ok', 42)], 3);
    expect(values(machine, sample({ diskPercent: 81, memoryPercent: 50 }))).toEqual({
      'health.disk_usage': 81,
      'health.memory_usage': 50,
      'health.heartbeat_age': 42,
      'health.crash_count': 3,
      'health.service_active': 0,
    });
  });

  it('are left out where nothing was measured, and never 0', () => {
    expect(values(web())).toEqual({ 'health.crash_count': 0 });
    expect(values(web([standing('unit', 'unknown'), standing('heartbeat', 'failed')]))).toEqual({
      'health.crash_count': 0,
    });
    expect(values(web(), sample({ diskPercent: 81, error: 'no answer' }))).toEqual({ 'health.crash_count': 0 });
    expect(values(web([standing('unit', 'ok')]))).toMatchObject({ 'health.service_active': 1 });
  });

  it('are what the guest says before what its process shows', () => {
    const round = [sample({ source: 'host', memoryPercent: 90 }), sample({ memoryPercent: 40 })];
    expect(values(web(), ...round)).toMatchObject({ 'health.memory_usage': 40 });
    expect(values(web(), ...round.slice(0, 1))).toMatchObject({ 'health.memory_usage': 90 });
  });
});

describe('figures that a platform measured', () => {
  const azure = sample({ source: 'azure', memoryPercent: 61, atMs: 3 });

  it('stand at their own time, behind what the machine says of itself', () => {
    const measured = (...round: readonly StoredSample[]) =>
      healthMeasuresOf([web()], round, 5).filter(({ name }) => name === 'health.memory_usage');
    expect(measured(azure)).toEqual([{ name: 'health.memory_usage', value: 61, machine: 'web', at: 3 }]);
    expect(measured(azure, sample({ source: 'ssh', memoryPercent: 40 }))).toMatchObject([{ value: 40, at: 5 }]);
    expect(measured(sample({ source: 'host', memoryPercent: 9 }), azure)).toMatchObject([{ value: 61 }]);
  });

  it('are told once, however often they are offered, and again where they did not arrive', async () => {
    const sent: Measure[] = [];
    let isUp = true;
    const desk = createHealthTelemetry({
      clock: new ManualClock(),
      log: recordingLog(),
      telemetry: {
        mostMeasures: 10,
        send: async (_target, measures) => {
          if (isUp) sent.push(...measures);
          return isUp
            ? { kind: 'delivered', receipt: '' }
            : { kind: 'failed', reason: 'down', retryAfterMs: null, mayHaveArrived: false, isUnreached: true };
        },
      },
      target: () => ({ channel: 'appinsights', allowPrivate: false }),
      machines: () => [web()],
    });
    const round = async (...samples: readonly StoredSample[]) => {
      desk.take(samples);
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    };
    const memory = () => sent.filter(({ name }) => name === 'health.memory_usage').map(({ at }) => at);
    isUp = false;
    await round(azure);
    isUp = true;
    await round(azure);
    await round(azure);
    await round({ ...azure, atMs: 4 });
    expect(memory()).toEqual([3, 4]);
  });
});

describe('sending them', () => {
  const target: ChannelTarget = { channel: 'appinsights', allowPrivate: false };
  function rig(machines = 1) {
    const clock = new ManualClock();
    const sent: Measure[][] = [];
    const log = recordingLog();
    let outcome: SendOutcome = { kind: 'delivered', receipt: '' };
    let wanted: ChannelTarget | null = target;
    const desk = createHealthTelemetry({
      clock,
      log,
      telemetry: {
        mostMeasures: 2,
        send: async (_target, measures) => {
          sent.push([...measures]);
          return outcome;
        },
      },
      target: () => wanted,
      machines: () => Array.from({ length: machines }, (_each, at) => ({ ...web(), id: `${at}`, name: `m${at}` })),
    });
    const round = async () => {
      desk.take([]);
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    };
    return {
      clock,
      sent,
      desk,
      round,
      warnings: () => log.lines.filter(({ level }) => level === 'warn').length,
      answer: (next: SendOutcome) => {
        outcome = next;
      },
      want: (next: ChannelTarget | null) => {
        wanted = next;
      },
    };
  }
  const busy: SendOutcome = {
    kind: 'failed',
    reason: 'busy',
    retryAfterMs: 60_000,
    mayHaveArrived: false,
    isUnreached: false,
  };

  it('goes in parts that the receiver takes, and only where somebody wants them', async () => {
    const { sent, round, want } = rig(5);
    await round();
    expect(sent.map(({ length }) => length)).toEqual([2, 2, 1]);
    want(null);
    await round();
    expect(sent).toHaveLength(3);
  });

  it('waits for as long as the receiver asks, says the trouble once, and goes on', async () => {
    const { clock, sent, round, answer, warnings } = rig(3);
    answer(busy);
    await round();
    await round();
    expect(sent).toHaveLength(1);
    await clock.advance(60_001);
    await round();
    expect([sent.length, warnings()]).toEqual([2, 1]);
    answer({ kind: 'delivered', receipt: '' });
    await clock.advance(60_001);
    await round();
    expect(sent).toHaveLength(4);
  });

  it('a round that comes while one is on its way is left out', async () => {
    const { desk, sent, round } = rig();
    desk.take([]);
    desk.take([]);
    await round();
    expect(sent.length).toBeLessThanOrEqual(2);
    await desk.stop();
    await round();
    expect(sent.length).toBeLessThanOrEqual(2);
  });
});
