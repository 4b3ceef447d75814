import { afterEach, describe, expect, it, vi } from 'vitest';
import { bridgeConnection } from '../../../renderer/client/bridge-connection.ts';
import { createEngineClient, type EngineClient } from '../../../renderer/client/engine-client.ts';
import { fakeBridge } from '../support/fake-bridge.ts';
import { machineOf, storyId } from '../support/fleet-story.ts';

const open: EngineClient[] = [];
afterEach(() => {
  for (const client of open.splice(0)) client.stop();
});

function clientOn(bridge: ReturnType<typeof fakeBridge>): EngineClient {
  const client = createEngineClient(bridgeConnection(bridge));
  open.push(client);
  return client;
}

describe('the client of the engine', () => {
  it('subscribes before it makes its first call', () => {
    const bridge = fakeBridge();
    clientOn(bridge);
    expect(bridge.asked[0]?.name).toBe('subscribe');
    expect(bridge.asked.map(({ name }) => name)).toContain('machine.list');
  });

  it('asks about this computer, which starts programs, only once the fleet was answered', async () => {
    const bridge = fakeBridge();
    let answer: (machines: readonly unknown[]) => void = () => {};
    bridge.answer('machine.list', () => new Promise((resolve) => (answer = resolve)));
    const client = clientOn(bridge);
    await vi.waitFor(() => expect(client.settings.get().value).not.toBeNull());
    expect(bridge.asked.map(({ name }) => name)).not.toContain('host.describe');
    answer([machineOf(1, 'one')]);
    await vi.waitFor(() => expect(client.host.get().value).not.toBeNull());
  });

  it('follows machines as they change and leave', async () => {
    const bridge = fakeBridge([machineOf(1, 'one'), machineOf(2, 'two')]);
    const client = clientOn(bridge);
    await vi.waitFor(() => expect(client.machines.get().value?.size).toBe(2));
    bridge.publish('machine.changed', machineOf(1, 'one', { state: 'failed' }));
    bridge.publish('machine.removed', { id: storyId(2), name: 'two' });
    expect([...(client.machines.get().value?.values() ?? [])].map(({ name, state }) => [name, state])).toEqual([
      ['one', 'failed'],
    ]);
  });

  it('reads everything anew when there is an engine again', async () => {
    const bridge = fakeBridge([]);
    const client = clientOn(bridge);
    await vi.waitFor(() => expect(client.link.get().kind).toBe('open'));
    bridge.publish('engine.disconnected', { reason: 'It ended.' });
    expect(client.link.get()).toMatchObject({ kind: 'lost', reason: 'It ended.' });
    bridge.answer('machine.list', () => [machineOf(3, 'three')]);
    bridge.publish('engine.connected', { host: 'headless', pid: 7 });
    await vi.waitFor(() => expect(client.machines.get().value?.size).toBe(1));
    expect(client.link.get()).toEqual({ kind: 'open' });
  });
});
