import { describe, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import { Settings } from '../../../../main/contract/settings.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { diskFull, MemorySettings } from '../../../support/fake-ports.ts';

const second = 1000;
const report = (busy: number, total: number): string =>
  `=vigil= /proc/stat\ncpu  ${busy} 0 0 ${total - busy} 0 0 0 0 0 0\n=vigil= /proc/meminfo\nMemTotal: 1000 kB\nMemAvailable: 250 kB\n=vigil= /proc/sys/kernel/random/boot_id\nb\n`;

async function measured(): Promise<EngineUnderTest> {
  const test = await engineUnderTest();
  await test.create({ name: 'demo', start: true, forwards: [{ host: 2222, guest: 22 }] });
  return test;
}

describe('collection', () => {
  it('reads every running machine once a minute and keeps what it read', async () => {
    const test = await measured();
    await test.create({ name: 'stopped' });
    await test.clock.advance(121 * second);
    expect(test.metrics.samples.map(({ source, cpuPercent, error }) => [source, cpuPercent, error])).toEqual([
      ['host', null, null],
      ['host', 50, null],
      ['host', 50, null],
    ]);
    expect(test.events.of('metrics.collected')).toHaveLength(3);
  });

  it('says where a person looks that a round began late, until one is on time', async () => {
    const test = await measured();
    const told = () =>
      test.events
        .of('engine.notices-changed')
        .at(-1)
        ?.find(({ id }) => id === 'metrics lateness');
    await test.clock.advance(121 * second);
    expect(told()).toBeUndefined();
    test.clock.stall(90 * second);
    await test.clock.advance(1 * second);
    expect(told()?.text).toMatch(/^Readings began \d+ s late at /);
    await test.clock.advance(121 * second);
    expect(told()).toBeUndefined();
  });

  it('reads a machine with an interval of its own on that beat, and its rates span it', async () => {
    const settingsFile = new MemorySettings();
    const collection = { machine_interval_seconds: { slow: 180 } };
    settingsFile.reading = { settings: Settings.parse({ collection }), fault: null };
    const test = await engineUnderTest({ real: { settingsFile } });
    await test.create({ name: 'quick', start: true });
    await test.create({ name: 'slow', start: true });
    const { machine } = await test.engine.handlers['machine.get']({ machine: 'slow' }, someone);
    const first = test.metrics.samples.length;
    await test.clock.advance(541 * second);
    const samples = test.metrics.samples.slice(first);
    const slow = samples.filter(({ machineId }) => machineId === machine.id);
    expect(slow.slice(1).map(({ atMs }, index) => atMs - (slow[index]?.atMs ?? 0))).toEqual(
      slow.slice(1).map(() => 180 * second),
    );
    expect(slow.slice(1).map(({ cpuPercent }) => cpuPercent)).toEqual(slow.slice(1).map(() => 50));
    expect(slow.length).toBeGreaterThanOrEqual(3);
    expect(samples.length - slow.length).toBeGreaterThanOrEqual(9);
  });

  it('reads the guest too once SSH answers, and labels both views', async () => {
    const test = await measured();
    await test.engine.handlers['lifecycle.enable']({ machine: 'demo', watch: { start_allowance_seconds: 0 } }, someone);
    test.ssh.outputs.set('127.0.0.1:2222', report(100, 1000));
    await test.clock.advance(62 * second);
    test.ssh.outputs.set('127.0.0.1:2222', report(400, 2000));
    await test.clock.advance(60 * second);
    const newest = await test.engine.handlers['metrics.newest']({}, someone);
    expect(newest.map(({ source, cpuPercent, memoryPercent }) => [source, cpuPercent, memoryPercent])).toEqual([
      ['host', 50, null],
      ['guest', 30, 75],
    ]);
    const [recent] = await test.engine.handlers['metrics.recent']({ points: 24 }, someone);
    expect(recent?.cpuPercent.at(-1)).toBe(30);
  });

  it('reads a guest that nobody looks at over SSH by its agent, and its disk alone where that may run nothing', async () => {
    const test = await engineUnderTest();
    const { looks, prints } = test.provider.guest;
    const disk = { mount: '/', type: 'ext4', usedBytes: 30, totalBytes: 120 };
    looks.set('demo', { present: true, os: null, hostName: null, addresses: [], fileSystems: [disk] });
    prints.set('demo', report(100, 1000));
    await test.create({ name: 'demo', start: true });
    const guest = () => test.metrics.samples.filter(({ source }) => source === 'guest').at(-1);
    await test.clock.advance(122 * second);
    prints.set('demo', report(400, 2000));
    await test.clock.advance(60 * second);
    expect(guest()).toMatchObject({ cpuPercent: 30, memoryPercent: 75, error: null });

    prints.delete('demo');
    await test.clock.advance(60 * second);
    expect(guest()).toMatchObject({ cpuPercent: null, memoryPercent: null, diskPercent: 25, error: null });
    prints.set('demo', report(500, 3000));
    await test.clock.advance(60 * second);
    expect(guest()).toMatchObject({ memoryPercent: 75, error: null });

    looks.delete('demo');
    await test.clock.advance(60 * second);
    const before = guest();
    await test.clock.advance(120 * second);
    expect(guest()).toBe(before);
  });

  it('has the rates of a machine in its first round, over the time since it began to run', async () => {
    const test = await engineUnderTest();
    await test.clock.advance(5 * second);
    await test.create({ name: 'early', start: true });
    await test.clock.advance(45 * second);
    await test.create({ name: 'late', start: true });
    await test.clock.advance(12 * second);
    const { machine: early } = await test.engine.handlers['machine.get']({ machine: 'early' }, someone);
    const rates = () => test.metrics.samples.map(({ machineId, cpuPercent }) => [machineId === early.id, cpuPercent]);
    // Over a few seconds a rate would be of the start alone.
    expect(rates()).toEqual([
      [true, 50],
      [false, null],
    ]);
    await test.clock.advance(60 * second);
    expect(rates().slice(2)).toEqual([
      [true, 50],
      [false, 50],
    ]);
  });

  it('has the rates of a guest in the first round after it began to answer, and again after a silence', async () => {
    const test = await engineUnderTest();
    const guests = () =>
      test.metrics.samples.flatMap(({ source, cpuPercent, error }) =>
        source === 'guest' ? [[cpuPercent, error]] : [],
      );
    const at = '127.0.0.1:2222';
    await test.clock.advance(2 * second);
    test.ssh.outputs.set(at, report(100, 1000));
    await test.create({ name: 'demo', start: true, forwards: [{ host: 2222, guest: 22 }] });
    const watch = { start_allowance_seconds: 0, check_interval_seconds: 10 };
    await test.engine.handlers['lifecycle.enable']({ machine: 'demo', watch }, someone);
    await test.clock.advance(20 * second);
    test.ssh.outputs.set(at, report(400, 2000));
    await test.clock.advance(40 * second);
    expect(guests()).toEqual([[30, null]]);

    test.ssh.findings.set(at, 'closed');
    await test.clock.advance(60 * second);
    expect(guests().at(-1)).toEqual([null, `SSH at ${at}: closed.`]);
    test.ssh.findings.delete(at);
    await test.clock.advance(15 * second);
    test.ssh.outputs.set(at, report(600, 4000));
    await test.clock.advance(45 * second);
    expect(guests().at(-1)).toEqual([10, null]);
    // Once each time it began to answer, and once in each round.
    expect(test.ssh.runs).toHaveLength(4);
  });

  it('says of a guest that does not answer SSH why there is no reading, and does not knock once more', async () => {
    const test = await measured();
    await test.engine.handlers['lifecycle.enable']({ machine: 'demo', watch: { start_allowance_seconds: 0 } }, someone);
    test.ssh.findings.set('127.0.0.1:2222', 'closed');
    await test.clock.advance(62 * second);
    const guest = test.metrics.samples.filter(({ source }) => source === 'guest');
    expect(guest).not.toEqual([]);
    for (const { error, atMs: _at, machineId: _id, source: _source, ...values } of guest) {
      expect(error).toBe('SSH at 127.0.0.1:2222: closed.');
      expect(Object.values(values)).toEqual(Object.values(values).map(() => null));
    }
    expect(test.ssh.runs).toEqual([]);
  });

  it('asks a guest for its disk anew after a gap: what it said before stands no longer', async () => {
    const test = await measured();
    await test.engine.handlers['lifecycle.enable']({ machine: 'demo', watch: { start_allowance_seconds: 0 } }, someone);
    const full = (percent: number) => `${report(1, 2)}=vigil= df\nx\n/dev/vda 100 ${percent} ${100 - percent} x /\n`;
    const disks = () =>
      test.metrics.samples.flatMap(({ source, diskPercent }) => (source === 'guest' ? [diskPercent] : []));
    test.ssh.outputs.set('127.0.0.1:2222', full(10));
    await test.clock.advance(62 * second);
    test.ssh.outputs.set('127.0.0.1:2222', full(60));
    test.ssh.findings.set('127.0.0.1:2222', 'timeout');
    await test.clock.advance(60 * second);
    test.ssh.findings.delete('127.0.0.1:2222');
    await test.clock.advance(120 * second);
    expect(disks()[0]).toBe(10);
    expect(disks()).toContain(null);
    expect(disks().at(-1)).toBe(60);
  });

  it('keeps the beat of the others while one hangs until its limit', async () => {
    const test = await measured();
    await test.engine.handlers['lifecycle.enable']({ machine: 'demo', watch: { start_allowance_seconds: 0 } }, someone);
    test.ssh.hanging.add('127.0.0.1:2222');
    // The default limit of one reading is half of the interval: rounds that wait must not shift.
    await test.clock.advance(335 * second);
    const at = test.metrics.samples.filter(({ source }) => source === 'host').map(({ atMs }) => atMs);
    expect(at).toHaveLength(6);
    expect(at.slice(1).map((moment, index) => moment - (at[index] ?? 0))).toEqual(
      [60, 60, 60, 60, 60].map((s) => s * second),
    );
    expect(test.metrics.samples.filter(({ source }) => source === 'guest').at(-1)?.error).toBe(
      'No reading within 30 s.',
    );
  });

  it('a reading that fails is a gap with a reason, never a zero', async () => {
    const test = await measured();
    await test.clock.advance(61 * second);
    test.provider.readError = new VigilError('timeout', 'The monitor is silent.');
    await test.clock.advance(60 * second);
    const gap = test.metrics.samples.at(-1);
    expect(gap).toMatchObject({ error: 'The monitor is silent.', cpuPercent: null, diskReadBytesPerSecond: null });
    expect(Object.values(gap ?? {})).not.toContain(0);
    const history = await test.engine.handlers['metrics.history'](
      { machine: 'demo', from: '2000-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z', points: 300 },
      someone,
    );
    expect(history.at(-1)).toMatchObject({
      success: false,
      error: 'The monitor is silent.',
      machine: 'demo',
      level: 'raw',
    });
    const gaps = await test.engine.handlers['metrics.gaps'](
      { machine: 'demo', from: '2000-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z', points: 300 },
      someone,
    );
    expect(gaps).toMatchObject([{ source: 'host', to: history.at(-1)?.at, reason: 'The monitor is silent.' }]);
  });

  it('blocked for an hour and more leaves a gap in every answer, never a zero, and then goes on', async () => {
    const test = await measured();
    await test.clock.advance(121 * second);
    test.provider.readError = new VigilError('timeout', 'The monitor is silent.');
    const from = test.clock.wallNow();
    await test.clock.advance(2 * 3600 * second);
    const to = test.clock.wallNow();
    test.provider.readError = null;
    await test.clock.advance(180 * second);
    const iso = (ms: number): string => new Date(ms).toISOString();
    const within = { machine: 'demo', from: iso(from + 1), to: iso(to) };

    const silent = await test.engine.handlers['metrics.history']({ ...within, points: 300 }, someone);
    expect(silent).toHaveLength(120);
    for (const reading of silent) {
      expect(reading).toMatchObject({ success: false, error: 'The monitor is silent.', cpuPercent: null });
      expect(Object.values(reading)).not.toContain(0);
    }
    const hours = await test.engine.handlers['metrics.roll-ups']({ ...within, level: 'hourly', points: 300 }, someone);
    const whole = hours.filter((hour) => Date.parse(hour.from) >= from && Date.parse(hour.to) <= to);
    expect(whole).toMatchObject([{ readings: 0, failed: 60, metrics: { cpuPercent: null, diskPercent: null } }]);
    const { text } = await test.engine.handlers['metrics.export'](within, someone);
    const rows = text.trimEnd().split('\n').slice(1);
    expect(rows).toHaveLength(120);
    for (const row of rows) expect(row.split(',').slice(2)).toEqual(['', '', '', '', '', '', '', 'raw']);
    // What came after it is no average over the gap.
    expect(test.metrics.samples.slice(-3).map(({ cpuPercent }) => cpuPercent)).toEqual([null, 50, 50]);
  });

  it('that cannot be kept is said, and said no more when it can', async () => {
    const test = await measured();
    test.metrics.refusal = diskFull;
    await test.clock.advance(2 * second);
    expect(test.events.of('engine.notices-changed').at(-1)?.[0]?.id).toBe('metrics store');
    test.metrics.refusal = null;
    await test.clock.advance(60 * second);
    expect(test.events.of('engine.notices-changed').at(-1)).toEqual([]);
  });

  it('drops what is older than seven days', async () => {
    const test = await measured();
    await test.clock.advance(2 * second);
    const [first] = test.metrics.samples;
    if (first === undefined) throw new Error('nothing was collected');
    test.metrics.samples.push({ ...first, atMs: test.clock.wallNow() - 8 * 86_400_000 });
    await test.clock.advance(3600 * second);
    expect(test.metrics.samples.every(({ atMs }) => atMs > test.clock.wallNow() - 8 * 86_400_000)).toBe(true);
  });
});
