import { describe, expect, it } from 'vitest';
import { judgeDisk } from '../../../../main/engine/health/checks/disk-check.ts';
import { judgeHeartbeat } from '../../../../main/engine/health/checks/heartbeat-check.ts';
import { judgeMemory } from '../../../../main/engine/health/checks/memory-check.ts';
import { judgeUnit } from '../../../../main/engine/health/checks/unit-check.ts';
import type { UnitReport } from '../../../../main/engine/health/inside-report.ts';

const running: UnitReport = {
  load: 'loaded',
  active: 'active',
  sub: 'running',
  type: 'simple',
  restarts: 0,
  errors: [],
};
const unit = (report: Partial<UnitReport>, restarts = 0, name = 'web.service') =>
  judgeUnit(name, { ...running, ...report }, restarts);
const heartbeat = (age: number | null) => judgeHeartbeat('/run/beat', age, 300);
const disk = (used: number | null) => judgeDisk(used, 80, 90);
const memory = (used: number | null) => judgeMemory(used, 90);

describe('the table of symptoms', () => {
  it.each([
    ['a service that is not active', unit({ active: 'inactive', sub: 'dead' }), 'failed', 'unit-failed'],
    ['a service that has failed', unit({ active: 'failed', sub: 'failed' }), 'failed', 'unit-failed'],
    ['a service between two tries', unit({ active: 'activating', sub: 'auto-restart' }), 'failed', 'unit-failed'],
    ['a service that is active without running', unit({ sub: 'exited' }), 'failed', 'unit-failed'],
    ['more than 5 restarts', unit({}, 6), 'degraded', null],
    ['5 restarts', unit({}, 5), 'ok', null],
    ['a disk over 90 %', disk(90.1), 'failed', null],
    ['a disk of 90 %', disk(90), 'degraded', null],
    ['a disk over 80 %', disk(80.1), 'degraded', null],
    ['a disk of 80 %', disk(80), 'ok', null],
    ['memory over 90 %', memory(90.1), 'degraded', null],
    ['memory of 90 %', memory(90), 'ok', null],
    ['no heartbeat', heartbeat(null), 'degraded', null],
    ['a heartbeat older than 5 minutes', heartbeat(301), 'degraded', null],
    ['a heartbeat of 5 minutes', heartbeat(300), 'ok', null],
    ['an error in its log', unit({ errors: ['disk on fire'] }), 'degraded', null],
    ['a service that runs', unit({}), 'ok', null],
  ])('%s', (_name, finding, kind, cause) => {
    expect(finding).toMatchObject({ kind, cause });
  });

  it('never takes what is not known for a fault', () => {
    expect(disk(null).kind).toBe('unknown');
    expect(memory(null).kind).toBe('unknown');
  });

  it('leaves units of other kinds, and those with one thing to do, to run in their own way', () => {
    expect(unit({ sub: 'waiting', type: '' }, 0, 'backup.timer').kind).toBe('ok');
    expect(unit({ sub: 'exited', type: 'oneshot' }).kind).toBe('ok');
  });

  it('calls a unit that is not there a matter for a person, never down', () => {
    expect(unit({ load: 'not-found', active: 'inactive', sub: 'dead' })).toMatchObject({
      kind: 'degraded',
      cause: null,
    });
  });

  it('names the newest error, and how often a service that is down was restarted', () => {
    expect(unit({ errors: ['first', 'second'] }).reason).toBe(
      'web.service has logged an error lately (the last of 2): second',
    );
    expect(unit({ active: 'activating', sub: 'auto-restart' }, 9).reason).toBe(
      'web.service is activating (auto-restart). It was restarted 9 times within 5 minutes.',
    );
  });
});
