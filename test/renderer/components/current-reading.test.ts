import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../main/contract/machine.ts';
import { noValues, type Sample } from '../../../main/contract/sample.ts';
import { currentReading } from '../../../renderer/components/current-reading.ts';
import { azureMachine } from '../support/azure-story.ts';
import { hostMachine, machineOf, runningMachine, storyNow } from '../support/fleet-story.ts';

const interval = 60_000;
const secondsAgo = (seconds: number) => new Date(storyNow - seconds * 1000).toISOString();
const sample = (over: Partial<Sample>): Sample => ({
  ...noValues,
  machine: 'a',
  machineId: 'id',
  source: 'guest',
  at: secondsAgo(5),
  success: true,
  level: 'raw',
  ...over,
});
const failed = (over: Partial<Sample>): Sample => sample({ success: false, error: 'no answer', ...over });
const now = (machine: Machine, ...samples: readonly Sample[]) => currentReading(machine, samples, interval, storyNow);
const running = runningMachine(1, 'a', 30);

describe('what is said of a machine now', () => {
  it('of one that is stopped nothing, whatever was read before', () => {
    expect(now(machineOf(1, 'a'), sample({ cpuPercent: 90 }))).toEqual({ kind: 'nothing' });
  });

  it('of one that has just started that it waits, also when an earlier run was read', () => {
    expect(now(running)).toEqual({ kind: 'waiting' });
    expect(now(running, sample({ cpuPercent: 90, at: secondsAgo(31 * 60) }))).toEqual({ kind: 'waiting' });
  });

  it('the guest before the process, value by value, each with where it comes from', () => {
    const reading = now(
      running,
      sample({ source: 'host', cpuPercent: 80, diskReadBytesPerSecond: 5 }),
      sample({ cpuPercent: 20, memoryPercent: 0 }),
    );
    expect(reading).toMatchObject({
      kind: 'read',
      values: {
        cpuPercent: { value: 20, source: 'guest' },
        memoryPercent: { value: 0, source: 'guest' },
        diskReadBytesPerSecond: { value: 5, source: 'host' },
        diskPercent: { value: null, why: null },
      },
    });
  });

  it('a guest that failed loses its own values with the reason, never to a zero; the process still tells', () => {
    const reading = now(running, sample({ source: 'host', cpuPercent: 34 }), failed({}));
    expect(reading).toMatchObject({
      values: { cpuPercent: { value: 34 }, memoryPercent: { value: null, why: 'no answer' } },
    });
    expect(JSON.stringify(reading)).not.toContain('"value":0');
  });

  it('of a machine of Azure what Azure measured, minutes late as it always is', () => {
    const late = (seconds: number) => sample({ source: 'azure', cpuPercent: 37, at: secondsAgo(seconds) });
    expect(now(azureMachine(1, 'a'))).toEqual({ kind: 'waiting' });
    expect(now(azureMachine(1, 'a'), late(8 * 60))).toMatchObject({
      kind: 'read',
      at: secondsAgo(8 * 60),
      values: { cpuPercent: { value: 37, source: 'azure' }, diskPercent: { value: null, why: null } },
    });
    expect(now(azureMachine(1, 'a'), late(601))).toMatchObject({ kind: 'failed' });
    expect(now(azureMachine(1, 'a', { state: 'deallocated' }), late(60))).toEqual({ kind: 'nothing' });
  });

  it('an old value does not stand for a new one', () => {
    const old = sample({ cpuPercent: 50, at: secondsAgo(151) });
    expect(now(running, old)).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/^No reading since /) });
    // Negative control: half a second before, it does.
    expect(now(running, sample({ cpuPercent: 50, at: secondsAgo(149.5) }))).toMatchObject({ kind: 'read' });
  });

  it('when every reading failed, the reason', () => {
    expect(now(running, failed({}))).toMatchObject({ kind: 'failed', reason: 'no answer' });
  });

  it('of a host that is down what its check found; of one that nobody watches nothing', () => {
    const down = hostMachine(2, 'pi', 'pi', { status: 'unhealthy', sshReachable: false, reason: 'It refuses.' });
    expect(now(down)).toEqual({ kind: 'failed', reason: 'It refuses.', at: null });
    expect(now(hostMachine(2, 'pi', 'pi', { status: 'not-applicable' }))).toEqual({ kind: 'nothing' });
  });
});
