import { describe, expect, it } from 'vitest';
import { VigilError } from '../../../main/contract/failure.ts';
import { bridgeConnection } from '../../../renderer/client/bridge-connection.ts';
import { createConsoleFeed } from '../../../renderer/client/console-feed.ts';
import { fakeBridge } from '../support/fake-bridge.ts';

function consoleOf(text: string) {
  const bridge = fakeBridge([]);
  const log = { text };
  bridge.answer('console.read', ({ from }) => {
    const start = from === undefined ? Math.max(0, log.text.length - 10) : Number(from);
    return { text: log.text.slice(start), from: start, to: log.text.length, size: log.text.length };
  });
  return { bridge, log, feed: createConsoleFeed(bridgeConnection(bridge), 'm') };
}

describe('a console feed', () => {
  it('begins at the end and adds what comes', async () => {
    const { feed, log } = consoleOf('0123456789abcdef');
    await feed.poll();
    log.text += 'new';
    await feed.poll();
    expect(feed.get()).toEqual({ raw: '6789abcdefnew', isCut: true, isRead: true, error: null });
  });

  it('begins anew when the log was begun anew', async () => {
    const { feed, log } = consoleOf('old text');
    await feed.poll();
    log.text = 'new';
    await feed.poll();
    expect(feed.get().raw).toBe('new');
  });

  it('keeps a bounded part of an endless log', async () => {
    const { feed, log } = consoleOf('');
    await feed.poll();
    log.text = 'x'.repeat(300_000);
    await feed.poll();
    expect([feed.get().raw.length, feed.get().isCut]).toEqual([262_144, true]);
  });

  it('says a fault and forgets it when reading works again', async () => {
    const { bridge, feed } = consoleOf('text');
    await feed.poll();
    bridge.answer('console.read', () => {
      throw new VigilError('not-found', 'There is no log.');
    });
    await feed.poll();
    expect(feed.get()).toMatchObject({ raw: 'text', error: { code: 'not-found' } });
    bridge.answer('console.read', () => ({ text: '', from: 4, to: 4, size: 4 }));
    await feed.poll();
    expect(feed.get()).toMatchObject({ raw: 'text', error: null });
  });
});
