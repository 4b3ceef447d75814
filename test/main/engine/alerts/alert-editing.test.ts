import { describe, expect, it } from 'vitest';
import { previewMessage } from '../../../../main/adapters/channels/preview-message.ts';
import { type AlertRuleInput, AlertRules } from '../../../../main/contract/alert-rule.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { MemoryAlertRules } from '../../../support/fake-ports.ts';

const minute = 60_000;
const busy: AlertRuleInput = {
  name: 'busy',
  metric: 'cpu_percent',
  threshold: 40,
  severity: 'warning',
  notification_channels: ['slack'],
};
const hook = { enabled: true, webhook_url: 'https://tests.test/T0KEN7f3' };

/** Its one machine has a process that is always at 50 % CPU. */
async function engineWith(config: object = {}): Promise<EngineUnderTest> {
  const alertRules = new MemoryAlertRules();
  alertRules.rules = AlertRules.parse({ rules: [busy], notification_config: config });
  const test = await engineUnderTest({ alertRules });
  await test.create({ name: 'demo', start: true });
  return test;
}

describe('a rule that is changed', () => {
  it('holds at once, under its new name too, and what fired by the old one is told to be over', async () => {
    const test = await engineWith();
    await test.clock.advance(2 * minute);
    const to = { ...(await test.engine.handlers['alert.rules']({}, someone))[0], name: 'calm', threshold: 90 };
    const changed = await test.engine.handlers['alert.change']({ rule: 'busy', to: to as never }, someone);
    expect(changed).toMatchObject({ name: 'calm', threshold: 90 });
    await test.clock.advance(2 * minute);
    expect(await test.engine.handlers['alert.active']({}, someone)).toEqual([]);
    expect(test.actions()).toContain('alert.rules-changed');
    expect(test.actions()).toContain('alert.resolved');
  });

  it('is not found under a name that no rule has', async () => {
    const test = await engineWith();
    const [to] = await test.engine.handlers['alert.rules']({}, someone);
    await expect(test.engine.handlers['alert.change']({ rule: 'bsy', to: to as never }, someone)).rejects.toMatchObject(
      {
        code: 'not-found',
      },
    );
  });
});

it('how often each rule fired is counted over 30 days', async () => {
  const test = await engineWith();
  expect(await test.engine.handlers['alert.counts']({}, someone)).toEqual([]);
  await test.clock.advance(2 * minute);
  expect(await test.engine.handlers['alert.counts']({}, someone)).toMatchObject([{ rule: 'busy', alerts: 1 }]);
});

it('the text of the rules is read, judged and written, and what is written is in force', async () => {
  const test = await engineWith();
  const { text, version } = await test.engine.handlers['alert.text']({}, someone);
  expect(await test.engine.handlers['alert.judge-text']({ text: text.replace('busy', 'BUSY') }, someone)).toHaveLength(
    1,
  );
  const written = text.replace('40', '60');
  await test.engine.handlers['alert.write-text']({ text: written, version }, someone);
  expect(await test.engine.handlers['alert.rules']({}, someone)).toMatchObject([{ threshold: 60 }]);
  await expect(test.engine.handlers['alert.write-text']({ text: written, version }, someone)).rejects.toMatchObject({
    code: 'conflict',
  });
});

describe('a channel', () => {
  const slackOf = async (test: EngineUnderTest) =>
    (await test.engine.handlers['channel.list']({}, someone)).find(({ name }) => name === 'slack');

  it('is switched off, wants to hear of worse alerts only, and says which secrets it has but never what they are', async () => {
    const test = await engineWith({ slack: hook });
    expect(await slackOf(test)).toMatchObject({ state: 'ready', secrets: [{ slot: 'slack address', source: null }] });
    await test.engine.handlers['channel.set']({ channel: 'slack', minSeverity: 'critical' }, someone);
    await test.clock.advance(2 * minute);
    expect(test.channels.sent).toEqual([]);
    const off = await test.engine.handlers['channel.set']({ channel: 'slack', enabled: false }, someone);
    expect(off).toMatchObject({ state: 'off', minSeverity: 'critical', leadsTo: 'tests.test' });
    expect(JSON.stringify(await slackOf(test))).not.toContain('T0KEN7f3');
    expect(test.alertRules.rules.notification_config.slack).toMatchObject({ webhook_url: hook.webhook_url });
  });

  it('shows a message of a rule as the one that is really sent, but for its moment and its number', async () => {
    const test = await engineWith({ slack: hook });
    test.channels.preview = previewMessage;
    await test.clock.advance(2 * minute);
    const [sent] = test.channels.sent;
    if (sent === undefined) throw new Error('Nothing was sent.');
    const real = previewMessage('slack', sent.message);
    const shown = await test.engine.handlers['channel.preview'](
      { channel: 'slack', rule: 'busy', tells: 'firing' },
      someone,
    );
    expect(shown).toMatchObject({ channel: 'slack', title: real.title, colour: real.colour });
    expect(shown.body.replace('45 %', '50 %')).toBe(real.body);
    const over = await test.engine.handlers['channel.preview'](
      { channel: 'slack', rule: 'busy', tells: 'resolved' },
      someone,
    );
    expect(over).toMatchObject({ title: 'demo: busy is over', body: 'It fired for 12 min.', colour: '#2e9e5b' });
    expect(test.channels.sent).toHaveLength(1);
  });

  it('shows the message of the first rule, on the desktop too, and none of a rule that is not there', async () => {
    const test = await engineWith();
    expect(await test.engine.handlers['channel.preview']({ channel: 'desktop', tells: 'firing' }, someone)).toEqual({
      channel: 'desktop',
      title: 'demo: busy',
      body: "CPU of 'demo' is 45 %: above 40 %.",
      foot: null,
      colour: null,
      word: null,
      sent: null,
    });
    expect(() =>
      test.engine.handlers['channel.preview']({ channel: 'desktop', rule: 'bsy', tells: 'firing' }, someone),
    ).toThrow(/no alert rule called/);
  });
});
