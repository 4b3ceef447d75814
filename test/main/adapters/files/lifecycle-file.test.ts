import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createLifecycleFile } from '../../../../main/adapters/files/lifecycle-file.ts';
import { LifecycleConfig, WatchConfig } from '../../../../main/contract/lifecycle.ts';
import type { LifecycleReading } from '../../../../main/engine/ports/lifecycle-file.ts';
import { RecordingLog } from '../../../support/fake-ports.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { temporaryHome } from './temporary-home.ts';

function lifecycleAt(home = temporaryHome()) {
  const clock = new ManualClock();
  const file = path.join(home, 'lifecycle-config.toml');
  const lifecycle = createLifecycleFile({ home, clock, log: new RecordingLog() });
  return {
    lifecycle,
    clock,
    file,
    put: (text: string) => writeFileSync(file, text),
    text: () => readFileSync(file, 'utf8'),
  };
}

/** `vms` with the defaults filled in. */
const watching = (vms: Readonly<Record<string, unknown>>): LifecycleConfig => LifecycleConfig.parse({ vms });

it('without a file nothing is watched, and that is no fault', async () => {
  expect(await lifecycleAt().lifecycle.read()).toEqual({ config: watching({}), fault: null });
});

it('a table is a watched machine, also one whose name must be quoted; what is left out takes its default', async () => {
  const { lifecycle, put } = lifecycleAt();
  put('[vms.web]\n\n[vms."db.example"]\nssh_failure_threshold = 5\nssh_user = "ops"\n');
  expect(await lifecycle.read()).toEqual({
    config: watching({ web: {}, 'db.example': { ssh_failure_threshold: 5, ssh_user: 'ops' } }),
    fault: null,
  });
});

it.each([
  ['[vms.web]\nenabeld = true\n', 'line 2: unknown key "vms.web.enabeld"; did you mean "enabled"?'],
  [
    '[vms."a.b"]\ncheck_interval_second = 9\n',
    'line 2: unknown key "vms.a.b.check_interval_second"; did you mean "check_interval_seconds"?',
  ],
  ['[vm.web]\n', 'line 1: unknown key "vm"; did you mean "vms"?'],
  [
    '[vms.web]\nenabled = true\n\n[vms.web.hooks]\non_stat = "/x"\n',
    'line 5: unknown key "vms.web.hooks.on_stat"; did you mean "on_start"?',
  ],
  [
    '[vms.web.hooks]\non_start = "x"\n',
    expect.stringMatching(/^lifecycle-config\.toml line 2: vms\.web\.hooks\.on_start: /),
  ],
  ['[vms.web]\n[daemon]\nlog = 1\n', 'line 3: unknown key "daemon.log". The keys are pid_file, log_file, log_level.'],
  ['\n[vms.web]\nssh_port = 70000\n', expect.stringMatching(/^lifecycle-config\.toml line 3: vms\.web\.ssh_port: /)],
  ['[vms.web]\ncheck_interval_seconds = 1\n', 'line 2: vms.web.check_interval_seconds: At least 5 s.'],
  ['[vms.web\n', expect.stringMatching(/^lifecycle-config\.toml line 1: /)],
])('%j is a fault with its place', async (text, fault) => {
  const { lifecycle, put } = lifecycleAt();
  put(text);
  expect(await lifecycle.read()).toEqual({
    config: watching({}),
    fault: typeof fault === 'string' ? `lifecycle-config.toml ${fault}` : fault,
  });
});

it('scripts stand in a table of their own, which is made, changed and emptied without touching the rest', async () => {
  const { lifecycle, put, text } = lifecycleAt();
  put('# mine\n[vms.web]\nservices = ["a.service"] # one\n\n[daemon]\nlog_level = "DEBUG"\n');
  await lifecycle.setHook('web', 'on_failure', '/home/me/page me');
  expect(text()).toContain('[vms.web.hooks]\non_failure = "/home/me/page me"\n');
  await lifecycle.change('web', { services: ['a.service', 'b.timer'], check_tcp: [80, 443] });
  expect(text()).toContain('services = ["a.service", "b.timer"] # one\n');
  expect(text()).toContain('check_tcp = [80, 443]\n');
  const { config } = await lifecycle.rename('web', 'front');
  expect(config.vms.front).toMatchObject({ hooks: { on_failure: '/home/me/page me' }, check_tcp: [80, 443] });
  await lifecycle.setHook('front', 'on_failure', null);
  expect(await lifecycle.setHook('nobody', 'on_start', null)).toEqual(await lifecycle.read());
  expect(text()).toMatch(/^# mine\n\[vms\.front\]\n/);
  expect(text()).not.toContain('page me');
});

it('how a deleted machine was watched is written again, its scripts too, and nothing that goes without saying', async () => {
  const { lifecycle, put, text } = lifecycleAt();
  const table = '[vms.web]\nssh_port = 2222\nservices = ["a.service"]\n\n[vms.web.hooks]\non_stop = "/x"\n';
  put(`# mine\n[vms.db]\n\n${table}`);
  const kept = (await lifecycle.read()).config.vms.web;
  await lifecycle.forget('web');
  expect(text()).toBe('# mine\n[vms.db]\n\n');
  const { config } = await lifecycle.restore('web', kept ?? WatchConfig.parse({}));
  expect(config.vms.web).toEqual(kept);
  expect(text()).toContain(table);
});

it('the last good version stays in force while the file is broken, across restarts', async () => {
  const home = temporaryHome();
  const first = lifecycleAt(home);
  first.put('[vms.web]\n');
  await first.lifecycle.read();
  first.put('[vms.web]\nenabeld = false\n');
  const expected = { config: watching({ web: {} }), fault: expect.stringContaining('line 2') };
  expect(await first.lifecycle.read()).toEqual(expected);
  expect(await lifecycleAt(home).lifecycle.read()).toEqual(expected);
});

it('a change makes the table where needed, sets what it says and nothing else', async () => {
  const { lifecycle, file, put, text } = lifecycleAt();
  await lifecycle.change('web', {});
  expect([text(), (statSync(file).mode & 0o777).toString(8)]).toEqual(['[vms.web]\n', '600']);
  put('# mine\n[vms.web] # front\nenabled = true # for now\n\n[vms."a.b"]\n');
  expect(await lifecycle.change('web', { enabled: false, ssh_port: 2222 })).toEqual({
    config: watching({ web: { enabled: false, ssh_port: 2222 }, 'a.b': {} }),
    fault: null,
  });
  await lifecycle.change('a.b', { ssh_key: '/home/o "p"/key' });
  await lifecycle.change('größe', { enabled: true });
  expect(text()).toBe(
    [
      '# mine\n[vms.web] # front\nenabled = false # for now\nssh_port = 2222\n',
      '[vms."a.b"]\nssh_key = "/home/o \\"p\\"/key"\n',
      '[vms."größe"]\nenabled = true\n',
    ].join('\n'),
  );
});

it('a change to null takes the key out and leaves the rest as it is', async () => {
  const { lifecycle, put, text } = lifecycleAt();
  put('[vms.web]\nssh_host = "old" # mine\n# about the port\nssh_port = 2222\n\n[vms.db]\nssh_host = "db"\n');
  expect(await lifecycle.change('web', { ssh_host: null, ssh_user: null, ssh_port: 22 })).toEqual({
    config: watching({ web: { ssh_port: 22 }, db: { ssh_host: 'db' } }),
    fault: null,
  });
  expect(text()).toBe('[vms.web]\n# about the port\nssh_port = 22\n\n[vms.db]\nssh_host = "db"\n');
});

it('a machine that is forgotten leaves the others and their comments as they are', async () => {
  const { lifecycle, put, text } = lifecycleAt();
  put('# all\n[vms.web]\nenabled = true\n\n# the database\n[vms.db]\nenabled = false\n');
  expect(await lifecycle.forget('web')).toEqual({ config: watching({ db: { enabled: false } }), fault: null });
  expect(text()).toBe('# all\n# the database\n[vms.db]\nenabled = false\n');
  await lifecycle.forget('web');
  await lifecycle.forget('db');
  expect((await lifecycle.read()).config).toEqual(watching({}));
});

it('a machine that is renamed keeps its table, with comments and place', async () => {
  const { lifecycle, put, text } = lifecycleAt();
  put('# all\n[vms.web] # mine\nenabled = true\n# the database\n[vms.db]\nenabled = false\n');
  expect(await lifecycle.rename('web', 'shop')).toEqual({
    config: watching({ shop: { enabled: true }, db: { enabled: false } }),
    fault: null,
  });
  expect(text()).toBe('# all\n[vms.shop] # mine\nenabled = true\n# the database\n[vms.db]\nenabled = false\n');
  await lifecycle.rename('nobody', 'else');
  expect(text()).toContain('[vms.shop]');
});

it.each([
  ['broken', 'web', 'shop'],
  ['[vms.web]\n[vms.shop]\nenabled = false\n', 'web', 'shop'],
  ['[vms]\nweb.enabled = true\n', 'web', 'shop'],
])('in %j renaming %s to %s is refused and the file stays', async (before, from, to) => {
  const { lifecycle, put, text } = lifecycleAt();
  put(before);
  await expect(lifecycle.rename(from, to)).rejects.toMatchObject({ code: 'refused' });
  expect(text()).toBe(before);
});

it('forgetting without a file makes none', async () => {
  const { lifecycle, file } = lifecycleAt();
  await lifecycle.forget('web');
  expect(existsSync(file)).toBe(false);
});

it.each([
  ['broken', 'while the file is broken'],
  ['vms = { web = { enabled = true } }\n', 'does not dare to change'],
  ['[vms.web]\nssh_user = """ops"""\n', 'does not dare to change'],
  ['vms.other.enabled = true\n[vms.web]\nssh_user = """\n[vms.web]\nenabled = true\n"""\n', expect.any(String)],
])('a change of %j is refused and the file stays as it is', async (before, message) => {
  const { lifecycle, put, text } = lifecycleAt();
  put(before);
  await expect(lifecycle.change('web', { enabled: false, ssh_user: 'root' })).rejects.toMatchObject({
    code: 'refused',
    message: typeof message === 'string' ? expect.stringContaining(message) : message,
  });
  expect(text()).toBe(before);
});

it('a person’s edit is told, our own change is not', async () => {
  const { lifecycle, clock, put } = lifecycleAt();
  await lifecycle.read();
  const told: LifecycleReading[] = [];
  onTestFinished(lifecycle.watch((reading) => void told.push(reading)));
  const heard = (count: number) =>
    vi.waitFor(async () => {
      await clock.advance(100);
      expect(told.length).toBeGreaterThanOrEqual(count);
    });
  put('[vms.web]\n');
  await heard(1);
  await lifecycle.change('web', { enabled: false });
  put('nonsense');
  await heard(2);
  expect(told).toEqual([
    { config: watching({ web: {} }), fault: null },
    { config: watching({ web: { enabled: false } }), fault: expect.stringContaining('line 1') },
  ]);
});
