import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createSettingsFile } from '../../../../main/adapters/files/settings-file.ts';
import { Settings } from '../../../../main/contract/settings.ts';
import type { SettingsFile, SettingsReading } from '../../../../main/engine/ports/settings-file.ts';
import { RecordingLog } from '../../../support/fake-ports.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { temporaryHome } from './temporary-home.ts';

const defaults = Settings.parse({});
const dark = Settings.parse({ desktop: { theme: 'dark' } });

interface UnderTest {
  readonly settings: SettingsFile;
  readonly clock: ManualClock;
  readonly file: string;
  put(text: string): void;
}

function settingsAt(home = temporaryHome()): UnderTest {
  const clock = new ManualClock();
  const file = path.join(home, 'settings.toml');
  const settings = createSettingsFile({ home, clock, log: new RecordingLog() });
  return { settings, clock, file, put: (text) => writeFileSync(file, text) };
}

it('without a file the defaults are in force, and that is no fault', async () => {
  expect(await settingsAt().settings.read()).toEqual({ settings: defaults, fault: null });
});

it('missing keys take their defaults', async () => {
  const { settings, put } = settingsAt();
  put('[recovery]\nstop_seconds = 5\n');
  expect(await settings.read()).toEqual({ settings: Settings.parse({ recovery: { stop_seconds: 5 } }), fault: null });
});

it.each([
  ['[desktop]\nthem = "dark"\n', 'settings.toml line 2: unknown key "desktop.them"; did you mean "theme"?'],
  ['\n[recoveri]\nstop_seconds = 5\n', 'settings.toml line 2: unknown key "recoveri"; did you mean "recovery"?'],
  ['[recovery]\nstop_seconds = 0\n', 'settings.toml line 2: recovery.stop_seconds: At least 1 s.'],
  ['[desktop]\ntheme = "pink"\n', 'settings.toml line 2: desktop.theme: system, light or dark.'],
  ['# fine\n[desktop\n', expect.stringMatching(/^settings\.toml line 2: /)],
  ['[desktop]\ntheme = "a"\ntheme = "b"\n', expect.stringMatching(/^settings\.toml line 3: /)],
  [`# ${'x'.repeat(300_000)}`, 'settings.toml is larger than 256 KiB.'],
  ['__proto__ = 1\n', expect.stringContaining('settings.toml')],
])('%.40j is a fault with its place, and the defaults stay in force', async (text, fault) => {
  const { settings, put } = settingsAt();
  put(text);
  expect(await settings.read()).toEqual({ settings: defaults, fault });
});

it('the last good version stays in force while the file is broken, across restarts', async () => {
  const home = temporaryHome();
  const first = settingsAt(home);
  first.put('[desktop]\ntheme = "dark"\n');
  await first.settings.read();
  first.put('[desktop]\nthem = "light"\n');
  expect(await first.settings.read()).toMatchObject({ settings: dark, fault: expect.any(String) });
  expect(await settingsAt(home).settings.read()).toMatchObject({ settings: dark, fault: expect.any(String) });
  const kept = path.join(home, '.last-good', 'settings.toml');
  expect((statSync(kept).mode & 0o777).toString(8)).toBe('600');
});

it('after the file was taken away its last good version is not in force either', async () => {
  const { settings, put, file } = settingsAt();
  put('[desktop]\ntheme = "dark"\n');
  await settings.read();
  rmSync(file);
  expect(await settings.read()).toEqual({ settings: defaults, fault: null });
  put('broken');
  expect(await settings.read()).toMatchObject({ settings: defaults });
});

it('a change keeps comments and order, and is there after a restart', async () => {
  const home = temporaryHome();
  const { settings, put, file } = settingsAt(home);
  put('# mine\n[desktop]\ntheme = "light" # for the day\n\n[recovery]\nstop_seconds = 5\n');
  const after = Settings.parse({ desktop: { theme: 'dark' }, recovery: { stop_seconds: 5 } });
  expect(await settings.change({ desktop: { theme: 'dark' } })).toEqual({ settings: after, fault: null });
  expect(readFileSync(file, 'utf8')).toBe(
    '# mine\n[desktop]\ntheme = "dark" # for the day\n\n[recovery]\nstop_seconds = 5\n',
  );
  expect((await settingsAt(home).settings.read()).settings).toEqual(after);
});

it('a change without a file makes one, ours alone', async () => {
  const { settings, file } = settingsAt();
  await settings.change({ desktop: { theme: 'dark' } });
  expect([readFileSync(file, 'utf8'), (statSync(file).mode & 0o777).toString(8)]).toEqual([
    '[desktop]\ntheme = "dark"\n',
    '600',
  ]);
});

it('who else is asked about the network is written as a list', async () => {
  const home = temporaryHome();
  const { settings, put, file } = settingsAt(home);
  put('# mine\n[healing]\nwitnesses = ["pi:22"] # the cellar\n');
  const healing = { quiet_after_action_seconds: 0, witnesses: ['nas.example.org:22', '[2001:db8::1]:443'] };
  expect((await settings.change({ healing })).settings.healing).toEqual(healing);
  expect(readFileSync(file, 'utf8')).toBe(
    '# mine\n[healing]\nwitnesses = ["nas.example.org:22", "[2001:db8::1]:443"] # the cellar\nquiet_after_action_seconds = 0\n',
  );
  await settings.change({ healing: { witnesses: [] } });
  expect((await settingsAt(home).settings.read()).settings.healing).toEqual({ ...healing, witnesses: [] });
});

it('an empty change writes nothing', async () => {
  const { settings, file } = settingsAt();
  await settings.change({ desktop: {} });
  expect(existsSync(file)).toBe(false);
});

it.each([
  ['broken', 'while the file is broken'],
  ['desktop = { theme = "light" }\n', 'does not dare to change'],
  ['[desktop]\ntheme = """light"""\n', 'does not dare to change'],
])('a change of %j is refused and the file stays as it is', async (text, message) => {
  const { settings, put, file } = settingsAt();
  put(text);
  await expect(settings.change({ desktop: { theme: 'dark' } })).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining(message),
  });
  expect(readFileSync(file, 'utf8')).toBe(text);
});

it('a person’s edit is told once, our own change is not', async () => {
  const { settings, clock, put } = settingsAt();
  await settings.read();
  const told: SettingsReading[] = [];
  onTestFinished(settings.watch((reading) => void told.push(reading)));
  const heard = (count: number) =>
    vi.waitFor(async () => {
      await clock.advance(100);
      expect(told.length).toBeGreaterThanOrEqual(count);
    });
  put('[desktop]\ntheme = "dark"\n');
  await heard(1);
  await settings.change({ desktop: { theme: 'light' } });
  put('nonsense');
  await heard(2);
  expect(told).toEqual([
    { settings: dark, fault: null },
    {
      settings: Settings.parse({ desktop: { theme: 'light' } }),
      fault: expect.stringContaining('settings.toml line 1'),
    },
  ]);
});

it('an edit between the first reading and the watch is told', async () => {
  const { settings, put } = settingsAt();
  await settings.read();
  put('[desktop]\ntheme = "dark"\n');
  const told: SettingsReading[] = [];
  onTestFinished(settings.watch((reading) => void told.push(reading)));
  await vi.waitFor(() => expect(told).toEqual([{ settings: dark, fault: null }]));
});

it('intervals of single machines are added, changed and taken away, and comments beside them stay', async () => {
  const { settings, put, file } = settingsAt();
  put('[collection]\ninterval_seconds = 60\n\n[collection.machine_interval_seconds]\nweb-1 = 300 # slow\nold = 20\n');
  const machine_interval_seconds = { 'web-1': 120, 'db.two': 15 };
  const { settings: after } = await settings.change({
    collection: { machine_interval_seconds },
    retention: { raw_days: 3 },
  });
  expect(after.collection.machine_interval_seconds).toEqual(machine_interval_seconds);
  expect(readFileSync(file, 'utf8')).toBe(
    '[collection]\ninterval_seconds = 60\n\n[collection.machine_interval_seconds]\nweb-1 = 120 # slow\n"db.two" = 15\n\n[retention]\nraw_days = 3\n',
  );
  expect((await settings.change({ collection: { machine_interval_seconds: {} } })).settings.collection).toMatchObject({
    machine_interval_seconds: {},
  });
});

it('intervals written on one line are not dared to be changed, and said so', async () => {
  const { settings, put, file } = settingsAt();
  const text = '[collection]\nmachine_interval_seconds = { web-1 = 300 }\n';
  put(text);
  await expect(settings.change({ collection: { machine_interval_seconds: { db: 15 } } })).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('does not dare to change'),
  });
  expect(readFileSync(file, 'utf8')).toBe(text);
});
