import { describe, expect, it } from 'vitest';
import {
  afterFollowing,
  afterLooking,
  afterSending,
  deadlineOf,
  takenUp,
} from '../../../../main/engine/azure/azure-work.ts';
import type { AzureAct, AzureAnswer, AzureLook } from '../../../../main/engine/ports/azure.ts';
import type { AzureWorkRecord } from '../../../../main/engine/ports/azure-records.ts';
import { fakeFault, fakePower, fakeVm } from '../../../support/fake-azure.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const vm = fakeVm('web');

function work(act: AzureAct, parts: Partial<AzureWorkRecord> = {}): AzureWorkRecord {
  return {
    machineId: 'm',
    order: { id: 'o', vm, act, urgent: true },
    phase: 'sending',
    ticket: null,
    sentAt: now,
    deadlineAt: deadlineOf(act.verb, now),
    lookedAt: null,
    before: 'running',
    by: { user: 'dev', face: 'cli' },
    ...parts,
  };
}

const restart = work({ verb: 'restart' });
function seen(
  state: Parameters<typeof fakePower>[1],
  power: Parameters<typeof fakePower>[2] = {},
): AzureAnswer<AzureLook> {
  return { ok: true, value: { vm, power: fakePower(vm, state, power), agentReady: null } };
}

describe('an order to Azure', () => {
  it('is followed by its ticket once Azure has taken it', () => {
    expect(afterSending(restart, { kind: 'accepted', ticket: 'T' })).toEqual({
      work: { ...restart, phase: 'sent', ticket: 'T' },
      next: { kind: 'follow', inMs: 10_000 },
    });
  });

  it('has failed when Azure certainly did not take it', () => {
    const fault = fakeFault('busy');
    expect(afterSending(restart, { kind: 'refused', fault }).next).toEqual({
      kind: 'end',
      outcome: { kind: 'failed', fault },
    });
  });

  it('is never sent again from where anything was recorded', () => {
    const fault = fakeFault('cut');
    const steps = [
      takenUp(restart),
      takenUp({ ...restart, phase: 'unsure' }),
      takenUp({ ...restart, phase: 'sent', ticket: 'T' }),
      takenUp({ ...restart, phase: 'sent', ticket: null }),
      afterSending(restart, { kind: 'unsure', fault }),
      afterFollowing(restart, { kind: 'lost', fault }, now),
      afterFollowing(restart, { kind: 'not-told', fault, askInMs: 10_000 }, now),
      afterLooking(restart, seen('running'), now, 0),
      afterLooking(restart, { ok: false, fault }, now, 0),
    ];
    expect(steps.map(({ next }) => next.kind)).toEqual([
      'look',
      'look',
      'follow',
      'look',
      'look',
      'look',
      'follow',
      'look',
      'look',
    ]);
  });

  it('is asked about as seldom as Azure wants', () => {
    expect(afterFollowing(restart, { kind: 'under-way', askInMs: 45_000 }, now).next).toEqual({
      kind: 'follow',
      inMs: 45_000,
    });
    const fault = fakeFault('throttled', { retryAfterMs: 600_000 });
    expect(afterLooking(restart, { ok: false, fault }, now, 0).next).toEqual({ kind: 'look', inMs: 600_000 });
  });

  it('ends at its deadline, and then nobody claims to know how', () => {
    const late = restart.deadlineAt;
    const fault = fakeFault('signed-out');
    for (const turn of [
      afterFollowing(restart, { kind: 'under-way', askInMs: 10_000 }, late),
      afterFollowing(restart, { kind: 'not-told', fault, askInMs: 10_000 }, late),
      afterLooking(restart, { ok: false, fault }, late, 0),
      afterLooking(restart, seen('starting', { provisioning: 'updating' }), late, 0),
    ]) {
      expect(turn.next).toMatchObject({ kind: 'end', outcome: { kind: 'unknown' } });
    }
  });
});

describe('an order of which Azure said nothing', () => {
  it.each<[AzureAct, AzureWorkRecord['before'], AzureAnswer<AzureLook>]>([
    [{ verb: 'start' }, 'deallocated', seen('running')],
    [{ verb: 'restart' }, 'running', seen('running', { changedAt: now + 20_000 })],
    [{ verb: 'redeploy' }, 'running', seen('running', { changedAt: now + 20_000 })],
    [{ verb: 'stop', atOnce: false }, 'running', seen('stopped')],
    [{ verb: 'deallocate' }, 'stopped', seen('deallocated')],
    [{ verb: 'resize', size: 'standard_b2S' }, 'running', seen('running')],
    [{ verb: 'tags', tags: {} }, 'running', seen('running')],
    [{ verb: 'delete' }, 'running', { ok: false, fault: fakeFault('not-found') }],
  ])('is done when the machine shows it: %j', (act, before, answer) => {
    expect(afterLooking(work(act, { before, phase: 'unsure' }), answer, now, 0).next).toMatchObject({
      kind: 'end',
      outcome: { kind: 'done', note: expect.any(String) },
    });
  });

  it('is not done by a change that ended before it was sent', () => {
    const answer = seen('running', { changedAt: now - 5000 });
    expect(afterLooking(restart, answer, now, 0).next).toEqual({ kind: 'look', inMs: 10_000 });
  });

  it('is not done by a change that may have ended before it was sent, as far as the two clocks can be told apart', () => {
    expect(afterLooking(restart, seen('running', { changedAt: now + 4000 }), now, 0).next.kind).toBe('look');
  });

  it('is judged by the clock of Azure, however wrong that of this computer is', () => {
    // Ours goes 15 minutes ahead: what Azure calls 11:46 is a minute after the order.
    const answer = seen('running', { changedAt: now - 840_000 });
    expect(afterLooking(restart, answer, now, 900_000).next).toMatchObject({ outcome: { kind: 'done' } });
    // Ours is 15 minutes behind: what Azure calls 12:10 was before the order.
    const earlier = seen('running', { changedAt: now + 600_000 });
    expect(afterLooking(restart, earlier, now, -900_000).next.kind).toBe('look');
  });

  it('is waited for while the machine changes, and not for longer than two minutes when it shows nothing', () => {
    const first = afterLooking(restart, seen('running'), now, 0);
    expect(first.work.lookedAt).toBe(now);
    expect(afterLooking(first.work, seen('running'), now + 119_000, 0).next.kind).toBe('look');
    expect(afterLooking(first.work, seen('running'), now + 120_000, 0).next).toMatchObject({
      outcome: { kind: 'unknown', fault: { hint: expect.stringMatching(/not sent again/) } },
    });
    const changing = seen('running', { provisioning: 'Updating' });
    expect(afterLooking(first.work, changing, now + 600_000, 0).next.kind).toBe('look');
  });

  it('does not count the time in which Azure could not be asked', () => {
    const silent = afterLooking(restart, { ok: false, fault: fakeFault('unreachable') }, now + 600_000, 0);
    expect(silent.work.lookedAt).toBeNull();
    expect(afterLooking(silent.work, seen('running'), now + 600_000, 0).next.kind).toBe('look');
  });

  it('is never taken for done where nothing can show it', () => {
    const script = work({ verb: 'run-command', script: 'x', os: 'linux' }, { lookedAt: now });
    const answer = seen('running', { changedAt: now + 20_000 });
    expect(afterLooking(script, answer, now + 120_000, 0).next).toMatchObject({ outcome: { kind: 'unknown' } });
  });
});
