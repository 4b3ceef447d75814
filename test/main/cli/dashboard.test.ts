import { describe, expect, it } from 'vitest';
import { type DashboardFacts, dashboardFacts } from '../../../main/cli/dashboard-rows.ts';
import { dashboardEntry, dashboardFrame, printDashboard } from '../../../main/cli/print-dashboard.ts';
import type { RawListeners, RawTerminal } from '../../../main/cli/raw-terminal.ts';
import { watchDashboard } from '../../../main/cli/watch-dashboard.ts';
import { VigilError } from '../../../main/contract/failure.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { noValues, type Sample } from '../../../main/contract/sample.ts';
import { eventually } from '../../support/eventually.ts';
import { sampleMachine } from '../../support/sample-machine.ts';

const now = Date.parse('2026-03-17T20:30:15.000Z');
const started = '2026-03-17T19:00:00.000Z';

function running(name: string, change: Partial<Machine> = {}): Machine {
  return sampleMachine({ id: `id-${name}`, name, startedAt: started, ...change });
}
function sample(name: string, change: Partial<Sample> = {}): Sample {
  const at = '2026-03-17T20:30:10.000Z';
  const base = { machine: name, machineId: `id-${name}`, source: 'guest', at, success: true, level: 'raw' } as const;
  return { ...noValues, ...base, ...change };
}

const facts = dashboardFacts(
  [running('web'), running('db'), running('cache'), running('off', { state: 'stopped', startedAt: null })],
  [
    sample('web', {
      cpuPercent: 88.34,
      memoryPercent: 70,
      diskPercent: 12,
      diskReadBytesPerSecond: 2_100_000,
      diskWriteBytesPerSecond: 0,
      networkInBytesPerSecond: 12_440_000,
      networkOutBytesPerSecond: 9_700_000,
    }),
    sample('db', { success: false, error: 'No reading within 30 s.' }),
    sample('cache', { source: 'host', cpuPercent: 3 }),
  ],
  60_000,
  now,
);
const lineOf = (text: string, name: string): string => text.split('\n').find((line) => line.startsWith(name)) ?? '';

describe('the table', () => {
  const text = printDashboard(facts, now, false);

  it('shows values with one decimal, MB/s, and a mark where they are high, so that no colour is needed', () => {
    expect(lineOf(text, 'web')).toMatch(/^web +running +88\.3 !! +70\.0 ! +12\.0 +2\.1 \/ 0\.0 +12\.4 \/ 9\.7 +5 s +/);
  });

  it('shows ---- and ERROR with the reason for a machine whose reading failed', () => {
    expect(lineOf(text, 'db')).toMatch(
      /^db +running +---- +---- +---- +---- +---- +5 s +ERROR: No reading within 30 s\.$/,
    );
  });

  it('shows a dash, never 0, for what nobody can know and for a machine that rests', () => {
    expect(lineOf(text, 'cache')).toMatch(/^cache +running +3\.0 +- +- +- +- +5 s/);
    expect(lineOf(text, 'off')).toMatch(/^off +stopped +- +- +- +- +- +- /);
  });

  it('is green under 70, yellow from 70 to 85 and red above', () => {
    const levels = [69.9, 70, 85, 85.1].map((cpuPercent, index) => {
      const one = dashboardFacts([running('vm')], [sample('vm', { cpuPercent })], 60_000, now);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with one
      return [index, /\x1b\[(\d+)m *\d/.exec(printDashboard(one, now, true))?.[1]];
    });
    expect(levels).toEqual([
      [0, '32'],
      [1, '33'],
      [2, '33'],
      [3, '31'],
    ]);
  });

  it('says the same to a script, null where nothing is known', () => {
    const entries = facts.rows.map(dashboardEntry) as readonly Record<string, unknown>[];
    expect(entries.find(({ machine }) => machine === 'db')).toMatchObject({
      success: false,
      error: 'No reading within 30 s.',
      cpuPercent: null,
    });
    expect(entries.find(({ machine }) => machine === 'off')).toMatchObject({
      success: null,
      cpuPercent: null,
      at: null,
    });
    expect(entries.find(({ machine }) => machine === 'web')).toMatchObject({
      success: true,
      cpuPercent: 88.34,
      networkInBytesPerSecond: 12_440_000,
    });
  });
});

describe('the screen', () => {
  const frame = (size: { rows: number; columns: number }, many = facts) =>
    dashboardFrame({ facts: many, fault: null, intervalSeconds: 60, dueAt: now + 45_000, now, size }, false);

  it('has the stamp above and the countdown below, and fits whatever the terminal measures', () => {
    for (const size of [
      { rows: 24, columns: 80 },
      { rows: 5, columns: 20 },
      { rows: 2, columns: 10 },
      { rows: 60, columns: 200 },
    ]) {
      const lines = frame(size);
      expect(lines).toHaveLength(size.rows);
      expect(lines.filter((line) => line.length > size.columns)).toEqual([]);
    }
    const [title] = frame({ rows: 24, columns: 120 });
    expect(title).toMatch(/^Vigil: 4 machines.* updated \d\d:30:15$/);
    expect(frame({ rows: 24, columns: 120 }).at(-1)).toBe(
      'next in 45 s, every 1 min   q quit  r refresh  + faster  - slower',
    );
  });

  it('says how many machines it has no room for', () => {
    const machines = Array.from({ length: 40 }, (_, index) => running(`vm-${index}`));
    const lines = frame({ rows: 12, columns: 80 }, dashboardFacts(machines, [], 60_000, now));
    expect(lines.at(-2)).toBe('and 33 more');
  });
});

describe('the dashboard that is watched', () => {
  function terminal(size = { rows: 24, columns: 100 }) {
    let listeners: RawListeners | null = null;
    let screen = '';
    let isReleased = false;
    const rawTerminal: RawTerminal = {
      isTyped: true,
      size: () => size,
      open: (given) => {
        listeners = given;
        return () => {
          isReleased = true;
        };
      },
      write: async (bytes) => {
        screen = Buffer.from(bytes).toString();
        return true;
      },
    };
    return {
      rawTerminal,
      size,
      type: (keys: string) => listeners?.typed(Buffer.from(keys)),
      listeners: () => listeners,
      screen: () => screen,
      isReleased: () => isReleased,
    };
  }
  function watched(read: () => Promise<DashboardFacts> = async () => facts, intervalSeconds = 60) {
    const at = terminal();
    let time = now;
    const ended = watchDashboard({
      rawTerminal: at.rawTerminal,
      hasColour: false,
      intervalSeconds,
      read,
      closed: new Promise(() => {}),
      now: () => time,
    });
    return { ...at, ended, pass: (ms: number) => (time += ms) };
  }

  it('is quit by q, and the terminal is as it was', async () => {
    const dashboard = watched();
    await eventually('a screen', () => dashboard.screen().includes('web'));
    dashboard.type('q');
    expect(await dashboard.ended).toEqual({ exitCode: 0, words: null });
    expect(dashboard.screen()).toBe('\x1b[?25h\x1b[?1049l');
    expect(dashboard.isReleased()).toBe(true);
  });

  it('refreshes on r and when it is time, and + and - change the interval', async () => {
    let reads = 0;
    const dashboard = watched(async () => {
      reads += 1;
      return facts;
    });
    await eventually('a screen', () => dashboard.screen().includes('every 1 min'));
    dashboard.type('r');
    await eventually('a second reading', () => reads === 2);
    dashboard.type('++');
    await eventually('a shorter interval', () => dashboard.screen().includes('every 15 s'));
    dashboard.type('-');
    await eventually('a longer interval', () => dashboard.screen().includes('every 30 s'));
    dashboard.pass(30_000);
    await eventually('a reading when it is time', () => reads === 3);
    dashboard.type('q');
    await dashboard.ended;
  });

  it('keeps what it knew when a reading fails, says why, and does not claim to be up to date', async () => {
    let fails = false;
    const dashboard = watched(async () => {
      if (fails) throw new VigilError('timeout', 'The engine does not answer.');
      return facts;
    });
    await eventually('a screen', () => dashboard.screen().includes('web'));
    fails = true;
    dashboard.pass(120_000);
    dashboard.type('r');
    await eventually('the reason', () => dashboard.screen().includes('error: The engine does not answer.'));
    expect(dashboard.screen()).toMatch(/updated \d\d:30:15/);
    dashboard.type('q');
    await dashboard.ended;
  });

  it('is drawn anew for another size, and ends with the number of a signal', async () => {
    const dashboard = watched();
    await eventually('a screen', () => dashboard.screen().includes('web'));
    Object.assign(dashboard.size, { rows: 6, columns: 40 });
    dashboard.listeners()?.resized();
    expect(dashboard.screen().split('\r\n')).toHaveLength(6);
    dashboard.listeners()?.signalled('SIGTERM');
    expect(await dashboard.ended).toEqual({ exitCode: 143, words: null });
  });
});
