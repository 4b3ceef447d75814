import { expect, it } from 'vitest';
import { AlertRules } from '../../../../main/contract/alert-rule.ts';
import type { SendOutcome } from '../../../../main/engine/ports/channels.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { fakeRun, MemoryAlertRules } from '../../../support/fake-ports.ts';

const minute = 60_000;
const refused: SendOutcome = { kind: 'refused', reason: 'The receiver refused the message: 404.' };
const hook = { enabled: true, webhook_url: 'https://tests.test/secret' };

/** Its one machine has a process that is always at 50 % CPU. */
async function busyEngine(config: object, rule: object = {}): Promise<EngineUnderTest> {
  const alertRules = new MemoryAlertRules();
  alertRules.rules = AlertRules.parse({
    rules: [
      {
        name: 'busy',
        metric: 'cpu_percent',
        threshold: 40,
        severity: 'warning',
        notification_channels: ['slack'],
        ...rule,
      },
    ],
    notification_config: config,
  });
  const test = await engineUnderTest({ alertRules });
  await test.create({ name: 'demo', start: true });
  return test;
}
const said = (test: EngineUnderTest) =>
  test.channels.sent.map(({ target, message }) => [
    target.channel,
    message.title,
    ...message.alerts.flatMap(({ tells }) => tells),
  ]);

it('an alert is told over the channels of its rule within two minutes, and so is its end', async () => {
  const test = await busyEngine({ slack: hook, teams: hook });
  await test.clock.advance(2 * minute);
  expect(said(test)).toEqual([['slack', 'demo: busy', 'firing']]);
  await test.ended(test.engine.handlers['machine.stop']({ machine: 'demo', force: true }, someone));
  await test.clock.advance(2 * minute);
  expect(said(test).at(-1)).toEqual(['slack', 'demo: busy is over', 'resolved']);
  expect(test.channels.sent.at(-1)?.message).toMatchObject({
    isOver: true,
    alerts: [{ rule: 'busy', machine: 'demo', metric: 'cpu_percent', value: 50, threshold: 40 }],
  });
});

it('nothing is tried and nothing waits where a channel is not set up', async () => {
  const test = await busyEngine({ slack: { enabled: true, webhook_url: '' } });
  await test.clock.advance(5 * minute);
  expect(test.channels.sent).toEqual([]);
  expect([...test.store.deliveries.values()].map(({ channel }) => channel)).toEqual(['desktop']);
});

it('the row of a message stands in the same write as the alert that it tells of', async () => {
  const test = await busyEngine({ slack: hook });
  const writes: string[][] = [];
  const { commit } = test.store;
  test.store.commit = async (changes) => {
    writes.push(changes.map(({ kind }) => kind));
    return commit.call(test.store, changes);
  };
  await test.clock.advance(2 * minute);
  const first = writes.find((kinds) => kinds.includes('delivery-put'));
  expect(first).toContain('episode-put');
  expect(first).toContain('journal-appended');
});

it('a message that is refused raises a notice and a notification, is in the journal, and can be sent again after a restart', async () => {
  const before = await busyEngine({ slack: hook });
  before.channels.answer = refused;
  await before.clock.advance(2 * minute);
  expect(before.engine.handlers['engine.notices']({}, someone)).toContainEqual(
    expect.objectContaining({ id: 'channel slack', severity: 'warning' }),
  );
  expect(before.notifier.shown.map(({ title }) => title)).toContain('Alerts do not get through over slack');
  expect(before.actions()).toContain('delivery.parked');
  await before.engine.stop();

  for (const id of before.provider.processes.keys())
    before.provider.findings.set(id, { kind: 'running', run: fakeRun(1) });
  const test = await engineUnderTest({ ...before, store: before.store.copy(), startAt: before.clock.wallNow() });
  const [parked] = await test.engine.handlers['delivery.list']({ state: 'parked', limit: 10 }, someone);
  expect(parked).toMatchObject({ channel: 'slack', state: 'parked', reason: refused.reason });
  await test.engine.handlers['delivery.resend']({ delivery: parked?.id ?? '' }, someone);
  await test.clock.advance(minute);
  expect(said(test)).toContainEqual(['slack', 'demo: busy', 'firing']);
  expect(test.actions()).toContain('delivery.resent');
});

it('the engine stops while a receiver hangs, and the next one sends what was under way again', async () => {
  const test = await busyEngine({ slack: hook });
  test.channels.send = (_target, _message, signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () =>
        resolve({
          kind: 'failed',
          reason: 'It was given up.',
          retryAfterMs: null,
          mayHaveArrived: true,
          isUnreached: false,
        }),
      );
    });
  await test.clock.advance(2 * minute);
  const stopped = test.engine.stop();
  await test.clock.advance(10_000);
  await stopped;
  const next = await engineUnderTest({ ...test, store: test.store.copy(), startAt: test.clock.wallNow() });
  await next.clock.advance(minute);
  expect(next.channels.sent[0]).toMatchObject({ message: { isRepeat: true } });
});

it('a message that a receiver did not take says when it is tried next, and why', async () => {
  const test = await busyEngine({ slack: hook });
  test.channels.answer = {
    kind: 'failed',
    reason: 'The receiver is busy: 503.',
    retryAfterMs: 600_000,
    mayHaveArrived: false,
    isUnreached: false,
  };
  await test.clock.advance(2 * minute);
  const list = async () =>
    (await test.engine.handlers['delivery.list']({ limit: 10 }, someone)).filter(({ channel }) => channel === 'slack');
  const [waiting] = await list();
  expect(waiting).toMatchObject({ state: 'waiting', reason: 'The receiver is busy: 503.', attempts: 1 });
  expect(Date.parse(waiting?.nextTryAt ?? '')).toBeGreaterThan(test.clock.wallNow());
  test.channels.answer = { kind: 'delivered', receipt: '200' };
  await test.clock.advance(11 * minute);
  expect(await list()).toMatchObject([{ state: 'delivered', nextTryAt: null }]);
});
