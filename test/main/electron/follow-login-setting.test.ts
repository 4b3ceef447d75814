import { expect, test, vi } from 'vitest';
import { VigilError } from '../../../main/contract/failure.ts';
import { Settings } from '../../../main/contract/settings.ts';
import { followLoginSetting } from '../../../main/electron/follow-login-setting.ts';
import { createEventBus } from '../../../main/transport/event-bus.ts';
import { recordingLog } from '../../support/recording-log.ts';

const settings = (on: boolean) => Settings.parse({ desktop: { start_at_login: on } });

async function rig(on: boolean) {
  const log = recordingLog();
  const events = createEventBus(log);
  const item = { set: vi.fn<(on: boolean, insist: boolean) => void>() };
  const failed = vi.fn();
  const call = vi.fn(async () => settings(on) as never);
  followLoginSetting({ connection: { call, subscribe: events.subscribe }, item, log, failed });
  const connect = async () => {
    const before = call.mock.calls.length;
    events.publish('engine.connected', { host: 'app', pid: 1 });
    await vi.waitFor(() => expect(call.mock.settledResults.length).toBe(before + 1));
    await Promise.resolve();
  };
  return { events, item, failed, connect };
}

test('the setting is applied at the start, without insisting', async () => {
  const { item, connect } = await rig(true);
  await connect();
  expect(item.set.mock.calls).toEqual([[true, false]]);
});

test('a change is insisted on, once', async () => {
  const { events, item, connect } = await rig(false);
  await connect();
  events.publish('settings.changed', settings(true));
  events.publish('settings.changed', settings(true));
  expect(item.set.mock.calls).toEqual([
    [false, false],
    [true, true],
  ]);
});

test('a refusal is shown to the person who has just asked, not at every start', async () => {
  const { events, item, failed, connect } = await rig(true);
  item.set.mockImplementation(() => {
    throw new VigilError('refused', 'A foreign file.');
  });
  await connect();
  expect(failed).not.toHaveBeenCalled();
  events.publish('settings.changed', settings(false));
  events.publish('settings.changed', settings(true));
  expect(failed).toHaveBeenCalledWith({ code: 'refused', message: 'A foreign file.' });
});
