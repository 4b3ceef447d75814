import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../../main/contract/journal.ts';
import { Settings } from '../../../../main/contract/settings.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { FakeAzure, fakeFault } from '../../../support/fake-azure.ts';
import { MemorySettings } from '../../../support/fake-ports.ts';

/** The clock of an engine under test begins at midnight of 1 January 2026, UTC. */
const minute = 60_000;

async function scheduled(azure: FakeAzure, ...schedules: readonly string[]): Promise<EngineUnderTest> {
  const settings = new MemorySettings();
  settings.reading = { settings: Settings.parse({ azure: { sign_in: 'browser', schedules } }), fault: null };
  const test = await engineUnderTest({ azure, settings });
  await test.engine.handlers['azure.refresh']({}, someone);
  return test;
}

async function journal({ engine }: EngineUnderTest, action: JournalEntry['action']): Promise<readonly JournalEntry[]> {
  const entries = await engine.handlers['journal.list']({ limit: 200 }, someone);
  return entries.filter((entry) => entry.action === action);
}

const verbs = (azure: FakeAzure) => azure.sent.map(({ act }) => act.verb);

describe('a schedule', () => {
  it('deallocates at its time, once, and the journal says why', async () => {
    const azure = new FakeAzure();
    const vm = azure.add('web');
    const test = await scheduled(azure, 'web: start 08:00, stop 00:10, daily, UTC');
    await test.clock.advance(9 * minute);
    expect(verbs(azure)).toEqual([]);
    await test.clock.advance(minute + 30_000);
    expect(verbs(azure)).toEqual(['deallocate']);
    azure.set(vm, 'deallocated');
    await test.clock.advance(20 * minute);
    expect(verbs(azure)).toEqual(['deallocate']);
    const [due] = await journal(test, 'schedule.due');
    const [done] = await journal(test, 'machine.deallocated');
    expect(due).toMatchObject({
      actor: 'engine',
      machine: 'web',
      summary: "Its schedule asks for the deallocation of 'web'.",
      details: { verb: 'deallocate', due: '2026-01-01T00:10:00.000Z', zone: 'UTC' },
    });
    expect(done).toMatchObject({ actor: 'engine', cause: due?.id });
    const machines = await test.engine.handlers['machine.list']({}, someone);
    expect(machines).toMatchObject([{ name: 'web', wanted: 'stopped' }]);
  });

  it('starts at its time, in the local time of its place', async () => {
    const azure = new FakeAzure();
    azure.add('web', 'deallocated');
    const test = await scheduled(azure, 'web: start 09:10, daily, Asia/Tokyo');
    await test.clock.advance(9 * minute);
    expect(verbs(azure)).toEqual([]);
    await test.clock.advance(2 * minute);
    expect(verbs(azure)).toEqual(['start']);
  });

  it('leaves a machine alone that is that way already', async () => {
    const azure = new FakeAzure();
    azure.add('web', 'deallocated');
    const test = await scheduled(azure, 'web: stop 00:05, daily, UTC');
    await test.clock.advance(10 * minute);
    expect([verbs(azure), await journal(test, 'schedule.due')]).toEqual([[], []]);
  });

  it('ends what is stopped and still billed', async () => {
    const azure = new FakeAzure();
    azure.add('web', 'stopped');
    const test = await scheduled(azure, 'web: stop 00:05, daily, UTC');
    await test.clock.advance(6 * minute);
    expect(verbs(azure)).toEqual(['deallocate']);
  });

  it('gives way to a person who has just started the machine', async () => {
    const azure = new FakeAzure();
    const vm = azure.add('web', 'deallocated');
    const test = await scheduled(azure, 'web: stop 00:10, daily, UTC');
    await test.clock.advance(5 * minute);
    await test.engine.handlers['machine.start']({ machine: 'web' }, someone);
    azure.set(vm, 'running');
    await test.clock.advance(10 * minute);
    expect(verbs(azure)).toEqual(['start']);
    expect(await journal(test, 'schedule.skipped')).toMatchObject([
      { summary: "The scheduled deallocation of 'web' was left out: a person started or stopped it just before." },
    ]);
  });

  it('makes up for what was missed in sleep, unless Azure has changed the machine since', async () => {
    for (const [changedAt, expected] of [
      ['2026-01-01T00:02:00Z', ['deallocate']],
      ['2026-01-01T00:40:00Z', []],
    ] as const) {
      const azure = new FakeAzure();
      const vm = azure.add('web');
      const test = await scheduled(azure, 'web: stop 00:10, daily, UTC');
      await test.clock.advance(minute);
      test.clock.jumpWall(60 * minute);
      azure.set(vm, 'running', { changedAt: Date.parse(changedAt) });
      await test.clock.advance(3 * minute);
      expect(verbs(azure)).toEqual(expected);
    }
  });

  it('that cannot be followed is told once, and tried again', async () => {
    const azure = new FakeAzure();
    azure.add('web');
    azure.faults.set('powers', fakeFault('unreachable'));
    azure.faults.set('look', fakeFault('unreachable'));
    const test = await scheduled(azure, 'web: stop 00:05, daily, UTC');
    await test.clock.advance(12 * minute);
    expect(verbs(azure)).toEqual([]);
    expect(await journal(test, 'schedule.failed')).toHaveLength(1);
    azure.faults.clear();
    await test.clock.advance(6 * minute);
    expect(verbs(azure)).toEqual(['deallocate']);
  });

  it('for a machine that is not there is told in words', async () => {
    const azure = new FakeAzure();
    azure.add('web');
    const test = await scheduled(azure, 'wbe: stop 00:05, daily, UTC');
    await test.clock.advance(2 * minute);
    const notices = await test.engine.handlers['engine.notices']({}, someone);
    expect(notices.map(({ text }) => text).join()).toContain("A schedule names 'wbe'");
  });
});

describe('schedules by the calls', () => {
  it('are written to the settings, listed with what comes next, replaced and taken away', async () => {
    const azure = new FakeAzure();
    azure.add('web');
    const test = await scheduled(azure);
    const set = (schedule?: string) =>
      test.engine.handlers['azure.schedule'](
        { machine: 'web', ...(schedule === undefined ? {} : { schedule }) },
        someone,
      );
    expect(await set('start 08:00, stop 19:00, mon-fri, Europe/Berlin')).toMatchObject([
      {
        machine: 'web',
        schedule: 'start 08:00, stop 19:00, mon-fri, Europe/Berlin',
        zone: 'Europe/Berlin',
        next: { verb: 'start', at: '2026-01-01T07:00:00.000Z' },
      },
    ]);
    expect(await set('stop 20:00, UTC')).toMatchObject([{ schedule: 'stop 20:00, UTC' }]);
    const settings = await test.engine.handlers['settings.get']({}, someone);
    expect(settings.azure.schedules).toEqual(['web: stop 20:00, UTC']);
    await expect(set('stop 25:00')).rejects.toMatchObject({ code: 'bad-input', field: 'schedule' });
    expect(await set()).toEqual([]);
    await expect(set()).rejects.toMatchObject({ code: 'not-found' });
  });

  it('that were just written ask for nothing that lies behind them', async () => {
    const azure = new FakeAzure();
    azure.add('web');
    const test = await scheduled(azure);
    await test.clock.advance(30 * minute);
    await test.engine.handlers['azure.schedule']({ machine: 'web', schedule: 'stop 00:10, UTC' }, someone);
    await test.clock.advance(5 * minute);
    expect(verbs(azure)).toEqual([]);
  });
});
