import { afterEach, describe, expect, it } from 'vitest';
import type { AlertsRoute } from '../../../../renderer/pages/alerts/alerts-page.tsx';
import { AlertsPage } from '../../../../renderer/pages/alerts/alerts-page.tsx';
import { MachineAlerts } from '../../../../renderer/pages/machine/machine-alerts.tsx';
import { type AlertTab, routeOf } from '../../../../renderer/route.ts';
import { storyActive, storyChannels, storyPast, storyRules } from '../../support/alert-story.ts';
import { editorOf, editorText } from '../../support/editor-text.ts';
import { type FakeBridge, fakeBridge } from '../../support/fake-bridge.ts';
import { storyMachines } from '../../support/fleet-story.ts';
import { buttonNamed, fieldNamed, type Mounted, mount, selectNamed, wordsBeside } from '../../support/mount.tsx';

let mounted: Mounted;
let bridge: FakeBridge;
afterEach(async () => {
  await mounted.unmount();
  window.location.hash = '';
});

async function open(tab: AlertTab, chosen: string | null = null, machines = storyMachines): Promise<void> {
  bridge = fakeBridge(machines);
  await openOn(bridge, tab, chosen);
}
async function openOn(on: FakeBridge, tab: AlertTab, chosen: string | null = null): Promise<void> {
  bridge = on;
  const route: AlertsRoute = { page: 'alerts', tab, chosen };
  mounted = await mount(<AlertsPage route={route} />, bridge);
}
const words = (): string => mounted.page.textContent ?? '';
const rows = (): string[] => [...mounted.page.querySelectorAll('tbody tr')].map((row) => row.textContent ?? '');
const askedOf = (name: string): readonly unknown[] =>
  bridge.asked.filter((each) => each.name === name).map(({ input }) => input);
const seen = (text: string): Promise<void> => mounted.eventually(() => expect(words()).toContain(text));
const [first] = storyActive;

describe('what fires', () => {
  it('stands by its root cause, with what it explains beneath it, worst first, and what must still hold last', async () => {
    await open('active');
    await seen('No network here');
    expect(
      rows().map((row) => /own|No network here|machine_down|disk_space|high_cpu|high_memory/.exec(row)?.[0]),
    ).toEqual(['No network here', 'machine_down', 'machine_down', 'disk_space', 'high_cpu', 'high_memory']);
    expect(rows()[0]).toContain('affects nas-cellar and relay-berlin');
    expect(rows()[1]).toContain('explained by the alert above');
    expect(rows()[5]).toContain('waiting');
  });

  it('is acknowledged, snoozed with its way back, and all told is quiet for an hour', async () => {
    await open('active', first?.id ?? '');
    bridge.answer('alert.acknowledge', () => ({ ...first, acknowledgedBy: 'ada' }));
    bridge.answer('alert.snooze', () => ({ id: 'mute-1' }));
    bridge.answer('alert.plan-maintenance', () => ({ id: 'mute-2' }));
    bridge.answer('alert.remove-mute', () => null);
    await seen('high_cpu');
    await mounted.press(buttonNamed('Acknowledge high_cpu of gitea'));
    expect(askedOf('alert.acknowledge')).toEqual([{ episode: first?.id }]);
    await mounted.key('s');
    expect(askedOf('alert.snooze')).toEqual([{ rule: 'high_cpu', machine: first?.machineId, seconds: 3600 }]);
    await mounted.eventually(() => expect(buttonNamed('Undo')).toBeDefined());
    await mounted.press(buttonNamed('Undo'));
    expect(askedOf('alert.remove-mute')).toEqual([{ mute: 'mute-1' }]);
    await mounted.press(buttonNamed('Quiet for 1 h'));
    expect(askedOf('alert.plan-maintenance')).toEqual([{ until: expect.stringMatching(/Z$/) }]);
  });

  it('is looked at by its address, also by the keys, with whom Vigil told of it', async () => {
    await open('active', storyActive[3]?.id ?? '');
    await seen('Nothing is said of it: a common cause.');
    await mounted.key('ArrowDown', mounted.page.querySelector('tbody a') ?? undefined);
    expect(window.location.hash).toContain('#/alerts/active/');
    expect(routeOf(window.location.hash)).toMatchObject({ page: 'alerts', tab: 'active' });
  });

  it('changes with the event and without polling', async () => {
    await open('active');
    await seen('high_cpu');
    const before = askedOf('alert.active').length;
    bridge.answer('alert.active', () => []);
    bridge.publish('alerts.changed', { at: '2026-03-17T20:31:00Z' });
    await seen('Nothing fires');
    expect(askedOf('alert.active')).toHaveLength(before + 1);
  });

  it('that could not be read says why and can be tried again; with nothing there it says so', async () => {
    const broken = fakeBridge();
    broken.answer('alert.active', () => {
      throw new Error('no');
    });
    await openOn(broken, 'active');
    await seen('The alerts could not be read');
    broken.answer('alert.active', () => []);
    await mounted.press(buttonNamed('Try again'));
    await seen('Nothing fires');
  });
});

it('the history draws only the rows in sight, filters, and reads on where there is more', async () => {
  await open('history');
  await mounted.eventually(() =>
    expect(mounted.page.querySelectorAll('.history-body [role=row]').length).toBeGreaterThan(10),
  );
  await seen('200 alerts, more further back');
  expect(mounted.page.querySelectorAll('.history-body [role=row]').length).toBeLessThan(60);
  await mounted.type(mounted.page.querySelector('input[aria-label="Filter the history"]'), 'api-stage disk');
  await mounted.eventually(() => expect(words()).toMatch(/\d+ of \d+ alerts/));
  const shown = [...mounted.page.querySelectorAll('.history-body [role=row]')].map((row) => row.textContent ?? '');
  for (const row of shown) expect(row).toMatch(/api-stage.*|disk_space/);
  await mounted.type(mounted.page.querySelector('input[aria-label="Filter the history"]'), 'nowhere');
  await seen('No alert fits the filter.');
  expect(words()).toContain(`of ${storyPast.length} alerts of the last 90 days`);
});

describe('a rule', () => {
  it('is listed with whether it is on, how many fire and how often it fired, and is switched at once', async () => {
    await open('rules');
    await seen('82 in 30\u00a0d');
    expect(words()).toContain('CPU > 80 %');
    expect(words()).toContain('1 firing');
    bridge.answer('alert.enable', () => storyRules[0]);
    await mounted.press(mounted.page.querySelector('[role=switch][aria-label="Rule high_cpu"]'));
    expect(askedOf('alert.enable')).toEqual([{ rule: 'high_cpu', enabled: false }]);
  });

  it('is edited with its faults beside the fields, rehearsed while it is typed, and saved whole', async () => {
    await open('rules', 'high_memory');
    await seen('times in 30 days it would have fired');
    await mounted.type(fieldNamed('Threshold'), '850');
    expect(wordsBeside('Threshold')).toContain('it is a number from 0 to 100');
    await mounted.type(fieldNamed('Threshold'), '95');
    await mounted.type(fieldNamed('Over at'), '97');
    expect(wordsBeside('Over at')).toContain('at or below the threshold 95');
    await mounted.type(fieldNamed('Over at'), '80');
    await mounted.eventually(() =>
      expect(askedOf('alert.rehearse')).toContainEqual({
        days: 30,
        rule: expect.objectContaining({ threshold: 95, clear: 80, for_seconds: 300 }),
      }),
    );
    await seen('As saved now: 14 times.');
    bridge.answer('alert.change', ({ to }) => to);
    await mounted.press(buttonNamed('Save'));
    expect(askedOf('alert.change')).toMatchObject([
      { rule: 'high_memory', to: { name: 'high_memory', threshold: 95, notification_channels: ['email', 'slack'] } },
    ]);
    await seen('high_memory is in force.');
  });

  it('that would be taken under a name that is there is refused beside the name', async () => {
    await open('rules', '-new');
    await seen('New rule');
    await mounted.type(fieldNamed('Name'), 'high_cpu');
    bridge.answer('alert.add', () => {
      const error = new Error('There is an alert rule called high_cpu already.');
      throw Object.assign(error, { code: 'conflict' });
    });
    await mounted.press(buttonNamed('Add'));
    expect(askedOf('alert.add')).toMatchObject([{ name: 'high_cpu', metric: 'cpu_percent', for_seconds: 300 }]);
    await seen('called high_cpu already');
  });

  it('about a condition is rehearsed too, with its times and without a chart of readings', async () => {
    await open('rules', 'machine_down');
    await mounted.eventually(() => expect(mounted.page.querySelector('.rehearsal-list')).not.toBeNull());
    expect(fieldNamed('Threshold')).toBeNull();
    expect(askedOf('alert.rehearse')).toMatchObject([{ rule: { metric: 'machine_down' }, days: 30 }]);
    expect(mounted.page.querySelector('.rehearsal-list')?.textContent).toContain('41 min');
    expect(mounted.page.querySelector('.rehearsal-chart')).toBeNull();
    expect(mounted.page.querySelector('.rule-preview [aria-busy]')).toBeNull();
  });
});

describe('a rule about days that are left', () => {
  it('asks for few of them, and for nothing that would tell of every machine that is well', async () => {
    await open('rules', '-new');
    await seen('New rule');
    await mounted.choose(selectNamed('When'), 'days_until_threshold');
    expect(fieldNamed('Threshold').value).toBe('14');
    const comparison = selectNamed('Is');
    expect([comparison.value, ...[...comparison.options].map(({ value }) => value)]).toEqual(['<', '<', '<=']);
    await mounted.choose(selectNamed('When'), 'cpu_percent');
    expect(selectNamed('Is').value).toBe('>');
  });
});

describe('the file of the rules', () => {
  it('marks the line at fault, names file, line and field, and does not save it', async () => {
    await open('rules', '-file');
    await mounted.eventually(() => expect(editorText(mounted.page)).toContain('cpu_percent'));
    bridge.answer('alert.judge-text', () => [
      { line: 4, shownLine: 4, message: 'rules.0.metric: A metric is one of cpu_percent.' },
    ]);
    const editor = editorOf(mounted.page);
    const place = editor?.state.sliceDoc().indexOf('cpu_percent') ?? 0;
    editor?.dispatch({ changes: { from: place, to: place + 3, insert: 'gpu' }, selection: { anchor: place } });
    await seen('alert_rules.yaml line 4: rules.0.metric: A metric is one of cpu_percent.');
    expect(words()).toContain('The last good rules stay in force');
    await mounted.eventually(() =>
      expect(editor?.dom.querySelector('.cm-faulty')?.textContent).toContain('gpu_percent'),
    );
    expect(buttonNamed('Save')?.getAttribute('aria-disabled')).toBe('true');
    await mounted.press(buttonNamed('Save'));
    expect(askedOf('alert.write-text')).toEqual([]);
  });

  it('says what the key at the caret takes, and puts it there', async () => {
    await open('rules', '-file');
    await mounted.eventually(() => expect(editorText(mounted.page)).toContain('cpu_percent'));
    const editor = editorOf(mounted.page);
    editor?.dispatch({ selection: { anchor: editor.state.doc.line(7).from } });
    await seen('how bad it is');
    await mounted.press(buttonNamed('critical'));
    await mounted.eventually(() => expect(editorText(mounted.page)).toContain('severity: critical # loud enough'));
    bridge.answer('alert.write-text', ({ text }) => ({
      text,
      path: '/x/alert_rules.yaml',
      hidden: [],
      version: 'v',
      faults: [],
    }));
    await mounted.press(buttonNamed('Save'));
    expect(askedOf('alert.write-text')).toMatchObject([{ version: expect.stringContaining('alert_rules.yaml') }]);
    await seen('The rules are in force.');
  });

  it('that is broken on the disk is said on every tab, with the way to it', async () => {
    await open('active');
    bridge.publish('engine.notices-changed', [
      {
        id: 'alert rules',
        severity: 'warning',
        text: 'alert_rules.yaml line 3: rules.0.metric: A metric is one of cpu_percent.',
        hint: 'The last good rules stay in force.',
        since: '2026-03-17T20:30:00Z',
      },
    ]);
    await seen('alert_rules.yaml line 3: rules.0.metric');
    expect(words()).toContain('The last good rules stay in force.');
    expect(mounted.page.querySelector('a[href="#/alerts/rules/-file"]')).not.toBeNull();
  });
});

describe('a channel', () => {
  it('shows which secrets are set and never what they are, and its messages as its receiver shows them', async () => {
    await open('channels', 'slack');
    await seen("CPU of 'gitea' is 85 %");
    expect(words()).toContain('set in the environment');
    expect(words()).toContain('The receiver refused the message: 404.');
    await mounted.press(
      [...mounted.page.querySelectorAll('input[type=radio]')].find(
        (each) => each.parentElement?.textContent === 'It is over',
      ),
    );
    await seen('gitea: high_cpu is over');
    expect(askedOf('channel.preview')).toContainEqual({ channel: 'slack', tells: 'resolved' });
  });

  it('that a program reads shows what is sent, line by line', async () => {
    await open('channels', 'webhook');
    await mounted.eventually(() =>
      expect(mounted.page.querySelector('.message-sent')?.textContent).toContain('\n  "rule_name": "high_cpu"'),
    );
  });

  it('is switched, narrowed to a severity, and tried with the true answer', async () => {
    await open('channels', 'slack');
    await seen('Send a test');
    const slack = storyChannels.find(({ name }) => name === 'slack');
    bridge.answer('channel.set', () => slack);
    bridge.answer('channel.test', () => ({
      channel: 'slack',
      delivered: false,
      summary: 'The receiver refused the message: 404.',
    }));
    await mounted.press(mounted.page.querySelector('[role=switch][aria-label="Channel Slack"]'));
    expect(askedOf('channel.set')).toEqual([{ channel: 'slack', enabled: false }]);
    await mounted.press(buttonNamed('Send a test'));
    await mounted.eventually(() => expect(mounted.page.querySelector('.channel-answer')?.textContent).toContain('404'));
    expect(mounted.page.querySelector('.channel-answer')?.className).toContain('crit');
  });

  it('that is not set up says what is missing, and cannot be tried', async () => {
    await open('channels', 'teams');
    await seen('says no address yet');
    expect(words()).toContain('VIGIL_TEAMS_WEBHOOK_URL');
    expect(buttonNamed('Send a test')?.getAttribute('aria-disabled')).toBe('true');
  });
});

it('deliveries say what became of each, when the next try is, and send again what is parked', async () => {
  await open('deliveries');
  await seen('next try');
  expect(words()).toContain('The receiver is busy: 503.');
  bridge.answer('delivery.resend', () => null);
  await mounted.press(buttonNamed('Send again'));
  expect(askedOf('delivery.resend')).toHaveLength(1);
  bridge.answer('delivery.list', () => []);
  bridge.publish('deliveries.changed', { at: '2026-03-17T20:31:00Z' });
  await seen('Nothing was sent yet');
});

it('maintenance is planned for a while, once or every week, with faults beside the fields, and ended', async () => {
  await open('maintenance');
  await seen('sun 02:00-04:00');
  bridge.answer('alert.plan-maintenance', () => ({ id: 'mute-3' }));
  bridge.answer('alert.remove-mute', () => null);
  await mounted.press(
    [...mounted.page.querySelectorAll('input[type=radio]')].find(
      (each) => each.parentElement?.textContent === 'Every week',
    ),
  );
  await mounted.type(fieldNamed('Window'), 'someday');
  await mounted.press(buttonNamed('Add'));
  expect(wordsBeside('Window')).toContain('A window like');
  expect(askedOf('alert.plan-maintenance')).toEqual([]);
  await mounted.type(fieldNamed('Window'), 'sat 22:00-04:00');
  await mounted.press(buttonNamed('Add'));
  expect(askedOf('alert.plan-maintenance')).toEqual([{ window: 'sat 22:00-04:00' }]);
  await mounted.press(buttonNamed('End this snooze'));
  expect(askedOf('alert.remove-mute')).toHaveLength(1);
});

it('a window that stands in a file is shown with the file it is changed in, and cannot be ended here', async () => {
  await open('maintenance');
  await seen('daily 03:00-03:30');
  const row = [...mounted.page.querySelectorAll('tbody tr')].find(({ textContent }) => textContent?.includes('03:00'));
  expect(row?.textContent).toContain('lifecycle-config.toml');
  expect(row?.querySelector('button')).toBeNull();
  expect(mounted.page.querySelectorAll('tbody tr button')).toHaveLength(3);
});

it('the page of a machine shows what fires about it, each leading to itself', async () => {
  bridge = fakeBridge();
  const machine = storyMachines.find(({ id }) => id === first?.machineId);
  if (machine === undefined) throw new Error('The story has no such machine.');
  mounted = await mount(<MachineAlerts machine={machine} />, bridge);
  await seen('high_cpu');
  const link = mounted.page.querySelector<HTMLAnchorElement>('.machine-alert');
  expect(routeOf(link?.getAttribute('href') ?? '')).toEqual({ page: 'alerts', tab: 'active', chosen: first?.id });
  expect(mounted.page.querySelectorAll('.machine-alert')).toHaveLength(1);
});
