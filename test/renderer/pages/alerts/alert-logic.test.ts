import { describe, expect, it } from 'vitest';
import { AlertRule } from '../../../../main/contract/alert-rule.ts';
import { rehearsalFacts } from '../../../../renderer/charts/rehearsal-rows.ts';
import { byCause, namesText } from '../../../../renderer/pages/alerts/alert-words.ts';
import { filterEpisodes } from '../../../../renderer/pages/alerts/filter-episodes.ts';
import { draftOf as maintenanceOf } from '../../../../renderer/pages/alerts/maintenance-form.tsx';
import { draftOf, newRule, ruleOf } from '../../../../renderer/pages/alerts/rule-draft.ts';
import { keyHelp, withValue } from '../../../../renderer/pages/alerts/rule-key-help.ts';
import { noon, sampleAt } from '../../charts/samples.ts';
import { episodeOf, storyRules } from '../../support/alert-story.ts';

describe('the form of a rule', () => {
  it('says the same rule again, whatever the rule says', () => {
    const full = AlertRule.parse({
      name: 'full',
      metric: 'disk_percent',
      threshold: 90.5,
      comparison: '>=',
      severity: 'critical',
      enabled: false,
      notification_channels: ['email', 'teams'],
      for_seconds: 60,
      clear: 80,
      no_data: { alert_after_seconds: 600 },
      machines: ['web', 'db'],
      tags: ['prod'],
      providers: ['qemu', 'ssh'],
      windows: ['mon,tue 08:00-18:00', 'daily 22:00-23:00'],
      remind_seconds: 3600,
      escalate: { after_seconds: 1800, notification_channels: ['slack'] },
    });
    for (const rule of [full, ...storyRules]) expect(ruleOf(draftOf(rule)).rule).toEqual(rule);
  });

  it('takes no slip for a number, and names the field of each fault', () => {
    const { rule, faults } = ruleOf({
      ...newRule,
      name: 'A b',
      threshold: '1e1',
      forSeconds: '-3',
      windows: 'someday',
    });
    expect(rule).toBeNull();
    expect(faults.map(({ field }) => field)).toEqual(['name', 'threshold', 'for_seconds', 'windows.0']);
    expect(ruleOf({ ...newRule, name: 'ok', threshold: '90,5' }).rule).toMatchObject({ threshold: 90.5 });
  });
});

it('root causes come first with what they explain, and an alert that is held back by something else stands by itself', () => {
  const cause = episodeOf(1, { rule: 'own-network', machine: null, machineId: null, affected: ['pi'] });
  const explained = episodeOf(2, { machine: 'pi', heldBy: 'a common cause' });
  const snoozed = episodeOf(3, { machine: 'pi', heldBy: 'snooze, until 2026-03-17T21:00:00Z' });
  expect(byCause([snoozed, explained, cause])).toEqual([
    { episode: cause, explained: [explained] },
    { episode: snoozed, explained: [] },
  ]);
  expect(namesText(['a', 'b', 'c', 'd'])).toBe('a, b, c and 1 more');
});

it('the history is filtered by every word, in whichever of its columns', () => {
  const all = [episodeOf(1), episodeOf(2, { machine: 'web', severity: 'critical' })];
  expect(filterEpisodes(all, 'WEB crit').map(({ id }) => id)).toEqual([all[1]?.id]);
  expect(filterEpisodes(all, '  ')).toBe(all);
});

describe('what a line of the rules takes', () => {
  it('is told of its key, from the table that the engine reads', () => {
    expect(keyHelp('    metric: disk_percent')).toMatchObject({
      words: 'what the rule is about: Disk, percent, 0 to 100',
    });
    expect(keyHelp('  - name: x')?.values).toEqual([]);
    expect(keyHelp('# metric')).toBeNull();
    expect(keyHelp('    treshold: 3')).toBeNull();
  });

  it('is put there without its comment being lost', () => {
    expect(withValue('  - severity: info # calm', 'critical')).toBe('  - severity: critical # calm');
    expect(withValue('    comparison:', '">"')).toBe('    comparison: ">"');
  });
});

describe('maintenance', () => {
  const typed = { hours: '', from: '', until: '', window: '' };
  const nowMs = Date.parse('2026-03-17T20:00:00Z');
  it('ends so many hours from now, or at a moment of this place', () => {
    const now = maintenanceOf('now', { ...typed, hours: '1,5' });
    expect('input' in now && now.input(nowMs)).toEqual({ until: '2026-03-17T21:30:00.000Z' });
    const once = maintenanceOf('once', { ...typed, from: '2026-03-18 22:00', until: '2026-03-19 04:00' });
    const plan = 'input' in once ? once.input(nowMs) : {};
    expect(Date.parse(plan.until ?? '') - Date.parse(plan.from ?? '')).toBe(6 * 3_600_000);
  });

  it('is not taken from what is no time, no length or the wrong way round', () => {
    for (const [kind, wrong, field] of [
      ['now', { hours: '0' }, 'hours'],
      ['now', { hours: '1000' }, 'hours'],
      ['once', { until: '2026-02-31 10:00' }, 'until'],
      ['once', { from: '2026-03-19 04:00', until: '2026-03-18 22:00' }, 'until'],
      ['weekly', { window: 'someday' }, 'window'],
    ] as const)
      expect(maintenanceOf(kind, { ...typed, ...wrong })).toMatchObject({ fault: { field } });
  });
});

it('the chart of a rehearsal shows the worst value of each moment, and joins nothing over a silence', () => {
  const hour = 3_600_000;
  const from = noon;
  const samples = [0, 1, 2, 8, 9].map((step) => ({
    ...sampleAt(step * 60, { cpuPercent: 40 }),
    spread: { cpuPercent: [10, 90] as const },
  }));
  const story = {
    metric: 'cpuPercent',
    samples,
    stepMs: hour,
    gaps: [],
    range: { from, to: from + 10 * hour },
    alerts: [{ machine: 'x', firedAt: new Date(from + hour).toISOString(), resolvedAt: null, value: 90, count: 1 }],
  } as const;
  const above = rehearsalFacts({ ...story, rule: storyRules[0] as AlertRule });
  expect(above.rows.map(({ first }) => first)).toEqual([90, 90, 90, null, 90, 90]);
  const alerts = [{ ...story.alerts[0], firedAt: new Date(from + 1.5 * hour).toISOString(), value: 93 }];
  const thinned = rehearsalFacts({ ...story, alerts, rule: storyRules[0] as AlertRule });
  expect(thinned.rows.map(({ first }) => first)).toEqual([90, 90, 93, 90, null, 90, 90]);
  expect(above).toMatchObject({ threshold: 80, clear: null, firing: [{ from: from + hour, to: from + 10 * hour }] });
  // What made it fire may itself stand alone.
  const alone = [{ ...story.alerts[0], firedAt: new Date(from + 5 * hour).toISOString(), value: 93 }];
  expect(
    rehearsalFacts({ ...story, alerts: alone, rule: storyRules[0] as AlertRule }).rows.map(({ first }) => first),
  ).toEqual([90, 90, 90, null, 93, null, 90, 90]);
  const below = AlertRule.parse({ ...storyRules[0], comparison: '<' });
  expect(rehearsalFacts({ ...story, rule: below }).rows[0]?.first).toBe(10);
});
