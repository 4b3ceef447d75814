import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createAlertRulesFile } from '../../../../main/adapters/files/alert-rules-file.ts';
import { faultText, readAlertRulesText } from '../../../../main/adapters/files/alert-rules-text.ts';
import { AlertRule } from '../../../../main/contract/alert-rule.ts';
import type { AlertRulesReading } from '../../../../main/engine/ports/alert-rules-file.ts';
import { RecordingLog } from '../../../support/fake-ports.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { temporaryHome } from './temporary-home.ts';

function rulesAt(home = temporaryHome()) {
  const clock = new ManualClock();
  const file = path.join(home, 'alert_rules.yaml');
  const rules = createAlertRulesFile({ home, clock, log: new RecordingLog() });
  return {
    rules,
    clock,
    home,
    file,
    put: (text: string) => writeFileSync(file, text),
    text: () => readFileSync(file, 'utf8'),
  };
}

const one = 'rules:\n  - name: busy\n    metric: cpu_percent\n    threshold: 80\n    severity: warning\n';

it('is made with the five rules and the channels to begin with, for nobody else to read', async () => {
  const { rules, file } = rulesAt();
  const { rules: found, fault } = await rules.read();
  expect(fault).toBeNull();
  expect(
    found.rules.map(({ name, metric, comparison, threshold, severity, enabled, notification_channels }) =>
      [name, metric, comparison, threshold, severity, enabled, ...notification_channels].join(' '),
    ),
  ).toEqual([
    'high_cpu cpu_percent > 80 warning true email',
    'critical_cpu cpu_percent > 95 critical true email slack',
    'high_memory memory_percent > 85 warning true email',
    'critical_memory memory_percent > 95 critical true email slack',
    'disk_space disk_percent > 90 warning true email',
  ]);
  expect(found.notification_config).toMatchObject({
    email: {
      enabled: true,
      smtp_host: 'smtp.gmail.com',
      smtp_port: 587,
      from_address: 'alerts@example.com',
      to_addresses: ['admin@example.com'],
    },
    slack: { enabled: false, webhook_url: '' },
    webhook: { enabled: false, url: '' },
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('a file of JSON is read where there is no YAML, and goes on as YAML once it is changed', async () => {
  const { rules, home, file, text } = rulesAt();
  const json = { rules: [{ name: 'busy', metric: 'cpu_percent', threshold: 70, severity: 'info' }] };
  writeFileSync(path.join(home, 'alert_rules.json'), JSON.stringify(json));
  expect((await rules.read()).rules.rules).toMatchObject([{ name: 'busy', threshold: 70 }]);
  expect(existsSync(file)).toBe(false);
  await rules.enable('busy', false);
  expect(text()).toBe(
    'rules:\n  - name: busy\n    metric: cpu_percent\n    threshold: 70\n    severity: info\n    enabled: false\n',
  );
});

describe('a broken file is named by line and field, and the last good rules stay in force, across a restart too', () => {
  it.each([
    [
      'an unknown metric',
      one.replace('cpu_percent', 'cpu'),
      'line 3: rules.0.metric: A metric is one of cpu_percent, ',
    ],
    [
      'a bad comparison',
      `${one}    comparison: "=="\n`,
      'line 6: rules.0.comparison: A comparison is one of > < >= <=',
    ],
    [
      'a bad channel',
      `${one}    notification_channels: [desktop, emial]\n`,
      'line 6: rules.0.notification_channels.1: A channel is one of desktop, email',
    ],
    ['a bad severity', one.replace('warning', 'bad'), 'line 5: rules.0.severity: A severity is one of'],
    [
      'a threshold out of range',
      one.replace('80', '800'),
      'line 4: rules.0.threshold: For cpu_percent it is a number from 0 to 100.',
    ],
    [
      'a missing threshold',
      one.replace('    threshold: 80\n', ''),
      'line 2: rules.0.threshold: A rule about cpu_percent needs a threshold.',
    ],
    [
      'a clear level beyond the threshold',
      `${one}    clear: 90\n`,
      'line 6: rules.0.clear: It must lie at or below the threshold 80.',
    ],
    [
      'an unknown key of a rule',
      `${one}    treshold: 3\n`,
      'line 6: unknown key "rules.0.treshold"; did you mean "threshold"?',
    ],
    [
      'an unknown channel to set up',
      `${one}notification_config:\n  emial: {}\n`,
      'line 7: unknown key "notification_config.emial"; did you mean "email"?',
    ],
    [
      'an unknown key of a channel',
      `${one}notification_config:\n  email:\n    smtp_hst: x\n`,
      'line 8: unknown key "notification_config.email.smtp_hst"; did you mean "smtp_host"?',
    ],
    [
      'two rules of one name',
      one + one.slice('rules:\n'.length),
      'line 6: rules.1.name: There are two rules called busy.',
    ],
    ['no YAML', `${one}  - [\n`, 'line '],
    ['a key that is there twice', `${one}    metric: disk_percent\n`, 'line 6: Map keys must be unique.'],
    ['an alias', 'rules: &r\n  - *r\n', ''],
    ['another kind of thing', '- 1\n', 'line 1: '],
  ])('%s', async (_what, text, fault) => {
    const { rules, put, home } = rulesAt();
    put(one);
    await rules.read();
    put(text);
    const broken = await rules.read();
    expect(broken.fault?.startsWith(`alert_rules.yaml ${fault}`) ? fault : broken.fault).toBe(fault);
    expect(broken.rules.rules).toMatchObject([{ name: 'busy', threshold: 80 }]);
    expect((await rulesAt(home).rules.read()).rules.rules).toMatchObject([{ name: 'busy', threshold: 80 }]);
    await expect(rules.enable('busy', false)).rejects.toMatchObject({ code: 'refused' });
  });
});

it('names no value in any of its faults, wherever a slip of the keyboard falls', () => {
  const secret = 'T0KEN7f3';
  const config = `notification_config:\n  slack:\n    webhook_url: https://hooks.example/${secret}\n`;
  const slips = [
    '"',
    '[',
    '{',
    '}',
    '|',
    '>',
    ':',
    ': ',
    '? ',
    '- ',
    '\t',
    '\n',
    '\n  ',
    ' #',
    ',',
    '\\',
    '%',
    '@',
    '`',
    '...',
  ];
  const faults: string[] = [];
  for (let place = 0; place <= config.length; place += 3) {
    for (const slip of [...slips, '!', `!${secret}`, '*', `*${secret}`, '&', `&${secret}`, `"\\q${secret}`]) {
      const reading = readAlertRulesText(config.slice(0, place) + slip + config.slice(place));
      if (reading.kind === 'broken') faults.push(...reading.faults.map(faultText));
    }
  }
  expect(faults.length).toBeGreaterThan(200);
  expect(faults.filter((fault) => fault.includes(secret) || /T0KE|7f3/.test(fault))).toEqual([]);
});

describe('a change', () => {
  const commented = `# mine\n${one}    # not too loud\n    enabled: true # for now\n    notification_channels: [desktop, email]\n\n# who hears of it\nnotification_config:\n  desktop:\n    enabled: true\n`;

  it('keeps every comment and everything else as it was', async () => {
    const { rules, put, text } = rulesAt();
    put(commented);
    await rules.enable('busy', false);
    expect(text()).toBe(commented.replace('enabled: true # for now', 'enabled: false # for now'));
    await rules.add({ name: 'down', metric: 'machine_down', severity: 'critical', machines: ['demo'] });
    expect(text()).toContain('enabled: false # for now');
    expect(text()).toContain('# who hears of it');
    expect((await rules.read()).rules.rules).toMatchObject([{ name: 'busy' }, { name: 'down', machines: ['demo'] }]);
    const whole = AlertRule.parse({ name: 'loop', metric: 'crash_loop', severity: 'warning' });
    await rules.add(whole);
    expect(text()).toContain(
      '  - name: loop\n    metric: crash_loop\n    comparison: ">"\n    severity: warning\n    enabled: true\n    notification_channels: []\n',
    );
    expect(text()).not.toContain('remind_seconds');
    await rules.remove('loop');
    const { rules: left } = await rules.remove('busy');
    expect(left.rules.map(({ name }) => name)).toEqual(['down']);
    expect(text()).toContain('# who hears of it');
  });

  it('puts the first rule into an empty list on lines of its own', async () => {
    const { rules, put, text } = rulesAt();
    put('rules: []\n');
    await rules.add({ name: 'down', metric: 'machine_down', severity: 'critical' });
    expect(text()).toBe('rules:\n  - name: down\n    metric: machine_down\n    severity: critical\n');
  });

  it('refuses a second rule of a name, and one that is not there', async () => {
    const { rules, put, text } = rulesAt();
    put(one);
    const rule = { name: 'busy', metric: 'cpu_percent', threshold: 1, severity: 'info' } as const;
    await expect(rules.add(rule)).rejects.toMatchObject({ code: 'conflict', field: 'name' });
    await expect(rules.remove('bsy')).rejects.toMatchObject({ code: 'not-found' });
    expect(text()).toBe(one);
  });
});

describe('a rule that takes the place of another', () => {
  it('leaves the comments and the other rules as they are, and may have another name', async () => {
    const { rules, put, text } = rulesAt();
    put(
      `# mine\n${one}    # not too loud\n    enabled: true # for now\n  - name: other\n    metric: machine_down\n    severity: info\n`,
    );
    const to = {
      ...AlertRule.parse({ name: 'very_busy', metric: 'cpu_percent', threshold: 95, severity: 'critical' }),
      for_seconds: 300,
      clear: 70,
    };
    const { rules: after } = await rules.replace('busy', to);
    expect(after.rules).toMatchObject([to, { name: 'other' }]);
    expect(text()).toBe(
      '# mine\nrules:\n  - name: very_busy\n    metric: cpu_percent\n    threshold: 95\n    severity: critical\n    # not too loud\n    enabled: true # for now\n    for_seconds: 300\n    clear: 70\n  - name: other\n    metric: machine_down\n    severity: info\n',
    );
    const { clear: _clear, ...without } = to;
    expect((await rules.replace('very_busy', { ...without, for_seconds: 0 })).rules.rules[0]).not.toHaveProperty(
      'clear',
    );
    expect(text()).not.toMatch(/for_seconds|clear/);
  });

  it('is refused under a name that is taken, and in the place of none', async () => {
    const { rules, put, text } = rulesAt();
    const two = `${one}  - name: other\n    metric: machine_down\n    severity: info\n`;
    put(two);
    const to = { name: 'other', metric: 'cpu_percent', threshold: 1, severity: 'info' } as const;
    await expect(rules.replace('busy', to)).rejects.toMatchObject({ code: 'conflict', field: 'name' });
    await expect(rules.replace('bsy', { ...to, name: 'bsy' })).rejects.toMatchObject({ code: 'not-found' });
    expect(text()).toBe(two);
  });
});

describe('a channel', () => {
  it('is switched with everything else of it left as it was', async () => {
    const { rules, text } = rulesAt();
    await rules.read();
    const before = text();
    const { rules: after } = await rules.setChannel('slack', { enabled: true, min_severity: 'warning' });
    expect(after.notification_config.slack).toMatchObject({ enabled: true, min_severity: 'warning', webhook_url: '' });
    expect(text()).toBe(
      before.replace(
        'slack:\n    enabled: false\n    webhook_url: ""\n',
        'slack:\n    enabled: true\n    webhook_url: ""\n    min_severity: warning\n',
      ),
    );
  });

  it('that the file says nothing of gets a section of its own', async () => {
    const { rules, put, text } = rulesAt();
    put(one);
    await rules.setChannel('teams', { enabled: false, min_severity: 'info' });
    expect(text()).toBe(`${one}notification_config:\n  teams:\n    enabled: false\n`);
    await rules.setChannel('desktop', { enabled: true, min_severity: 'critical' });
    expect((await rules.read()).rules.notification_config.desktop).toMatchObject({ min_severity: 'critical' });
  });
});

describe('the text for an editor', () => {
  const whole = `${one}\nnotification_config:\n  slack:\n    webhook_url: https://hooks.test/T0KEN7f3\n`;

  it('holds no address, and what is written back keeps the channels as they were', async () => {
    const { rules, put, text, file } = rulesAt();
    put(whole);
    const { text: shown, version, path: where, faults, hidden } = await rules.readText();
    expect([where, faults]).toEqual([file, []]);
    expect(shown).not.toContain('T0KEN7f3');
    expect(hidden).toMatchObject([{ lines: 3 }]);
    const reading = await rules.writeText(shown.replace('80', '70 # lower'), version);
    expect(reading.rules.rules).toMatchObject([{ threshold: 70 }]);
    expect(text()).toBe(whole.replace('80', '70 # lower'));
  });

  it('that is broken is refused with line and field, nothing is written, and the last good rules stay', async () => {
    const { rules, put, text } = rulesAt();
    put(whole);
    const { text: shown, version } = await rules.readText();
    const broken = shown.replace('cpu_percent', 'cpu').replace('warning', 'loud');
    expect(await rules.judgeText(broken)).toMatchObject([
      { line: 3, shownLine: 3, message: expect.stringContaining('rules.0.metric: A metric is one of cpu_percent') },
      { line: 5, shownLine: 5, message: expect.stringContaining('rules.0.severity: A severity is one of') },
    ]);
    await expect(rules.writeText(broken, version)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('alert_rules.yaml line 3: rules.0.metric'),
    });
    await expect(rules.writeText('rules: []', version)).rejects.toMatchObject({ code: 'bad-input' });
    expect(text()).toBe(whole);
    expect((await rules.read()).rules.rules).toMatchObject([{ threshold: 80 }]);
  });

  it('can be read while the file is broken, also by a fault in what is not shown, and mended', async () => {
    const { rules, put } = rulesAt();
    put(whole);
    await rules.read();
    put(whole.replace('severity', 'severty').replace('webhook_url', 'webhook'));
    const { text: shown, version, faults } = await rules.readText();
    expect(faults).toMatchObject([
      { line: 2, shownLine: 2, message: expect.stringContaining('rules.0.severity') },
      { line: 5, shownLine: 5, message: expect.stringContaining('did you mean "severity"?') },
      { line: 9, shownLine: null, message: expect.stringContaining('notification_config.slack') },
    ]);
    await expect(rules.writeText(shown.replace('severty', 'severity'), version)).rejects.toMatchObject({
      message: expect.stringContaining('line 9'),
    });
  });

  it('is refused where the file has changed meanwhile', async () => {
    const { rules, put, text } = rulesAt();
    put(whole);
    const { text: shown, version } = await rules.readText();
    put(whole.replace('80', '81'));
    await expect(rules.writeText(shown, version)).rejects.toMatchObject({ code: 'conflict' });
    expect(text()).toContain('81');
  });

  it('of JSON is the YAML that it becomes', async () => {
    const { rules, home, text } = rulesAt();
    const json = { rules: [{ name: 'busy', metric: 'cpu_percent', threshold: 70, severity: 'info' }] };
    writeFileSync(path.join(home, 'alert_rules.json'), JSON.stringify(json));
    const { text: shown, version } = await rules.readText();
    await rules.writeText(`# now mine\n${shown}`, version);
    expect(text()).toMatch(/^# now mine\nrules:\n {2}- name: busy\n/);
  });
});

it("tells of a person's edit, and not of its own", async () => {
  const { rules, clock, put } = rulesAt();
  await rules.read();
  const seen: AlertRulesReading[] = [];
  onTestFinished(rules.watch((reading) => seen.push(reading)));
  await rules.enable('high_cpu', false);
  await vi.waitFor(() => expect(clock.waiting).toBeGreaterThan(0));
  await clock.advance(1000);
  put(one);
  await vi.waitFor(async () => {
    await clock.advance(1000);
    expect(seen).toHaveLength(1);
  });
  expect(seen[0]?.rules.rules).toMatchObject([{ name: 'busy' }]);
});

it('tells of an edit between the first reading and the watch', async () => {
  const { rules, put } = rulesAt();
  await rules.read();
  put(one);
  const seen: AlertRulesReading[] = [];
  onTestFinished(rules.watch((reading) => seen.push(reading)));
  await vi.waitFor(() => expect(seen[0]?.rules.rules).toMatchObject([{ name: 'busy' }]));
});
