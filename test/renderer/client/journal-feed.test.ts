import { describe, expect, it, vi } from 'vitest';
import type { JournalEntry } from '../../../main/contract/journal.ts';
import { bridgeConnection } from '../../../renderer/client/bridge-connection.ts';
import { createJournalFeed } from '../../../renderer/client/journal-feed.ts';
import { fakeBridge } from '../support/fake-bridge.ts';

function entryOf(id: number, machineId = 'm'): JournalEntry {
  const at = new Date(id * 1000).toISOString();
  return { id, at, machineId, actor: 'user', action: 'machine.started', summary: 'Started.', details: {} };
}

/** A journal that grows at its head while it is read from its head. */
function journalOf(newest: number) {
  const bridge = fakeBridge([]);
  const kept = { newest };
  bridge.answer('journal.list', ({ before, limit }) => {
    const from = Math.min(kept.newest, before === undefined ? kept.newest : Number(before) - 1);
    return Array.from({ length: Math.min(Number(limit), Math.max(0, from)) }, (_, place) => entryOf(from - place));
  });
  return { bridge, kept, feed: createJournalFeed(bridgeConnection(bridge)) };
}

const idsOf = (entries: readonly JournalEntry[]) => entries.map(({ id }) => id);

describe('a journal feed', () => {
  it('shows the newest first and loads what is older on request', async () => {
    const { feed } = journalOf(70);
    await vi.waitFor(() => expect(feed.get().isRead).toBe(true));
    expect([feed.get().entries.length, feed.get().hasOlder]).toEqual([50, true]);
    await feed.loadOlder();
    expect(idsOf(feed.get().entries)).toEqual(Array.from({ length: 70 }, (_, place) => 70 - place));
    expect(feed.get().hasOlder).toBe(false);
  });

  it('takes in what is appended, once, and only of its machine', async () => {
    const bridge = fakeBridge([]);
    bridge.answer('journal.list', () => [entryOf(1)]);
    const feed = createJournalFeed(bridgeConnection(bridge), 'm');
    await vi.waitFor(() => expect(feed.get().isRead).toBe(true));
    bridge.publish('journal.appended', entryOf(2));
    bridge.publish('journal.appended', entryOf(2));
    bridge.publish('journal.appended', entryOf(3, 'other'));
    expect(idsOf(feed.get().entries)).toEqual([2, 1]);
  });

  it('starts over rather than hide a gap when much happened while no engine was there', async () => {
    const { feed, kept } = journalOf(50);
    await vi.waitFor(() => expect(feed.get().isRead).toBe(true));
    kept.newest = 500;
    await feed.refresh();
    expect(idsOf(feed.get().entries)).toEqual(Array.from({ length: 50 }, (_, place) => 500 - place));
  });
});
