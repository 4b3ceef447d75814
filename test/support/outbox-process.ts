import { createInterface } from 'node:readline';
import { createChannels } from '../../main/adapters/channels/channels.ts';
import { createIdentifiers } from '../../main/adapters/host/identifiers.ts';
import { createSqliteStateStore } from '../../main/adapters/sqlite/sqlite-state-store.ts';
import { createLedger } from '../../main/engine/journal/ledger.ts';
import { createEngineNotices } from '../../main/engine/notices/engine-notices.ts';
import { createOutbox } from '../../main/engine/outbox/outbox-desk.ts';
import type { Clock } from '../../main/engine/ports/clock.ts';
import { episodeRecord, noRules, noSecrets, tellingOf } from './outbox-rounds.ts';

/**
 * An outbox to be killed, on the real store and over real connections. Each line of its standard input is one word to say,
 * `firing 12`, answered with `said firing 12` once that is on the disk, or `open`, answered with how many rows are not
 * delivered. What an earlier life wrote is not written twice, as the alerts themselves would remember it.
 */
const [home = '', url = '', speed = '1', memory = 'kept', migrationsFolder = ''] = process.argv.slice(2);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs faster than the real one. */
const factor = Number(speed);
const clock: Clock = {
  wallNow: () => Date.now() * factor,
  monotonicNow: () => performance.now() * factor,
  after: (delayMs, action) => {
    const timer = setTimeout(action, Math.min(delayMs / factor, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};
const log = { write: () => undefined };
const events = { publish: () => undefined };
const store = createSqliteStateStore({
  home,
  migrationsFolder,
  log,
});
const stored = await store.open();
const notices = createEngineNotices(clock, events);
const ledger = createLedger({ store, clock, log, events, notices }, stored.lastJournalId);
const written = new Set(
  (await store.readDeliveries({ limit: 1_000_000 })).map(({ episode, kind }) => `${kind} ${episode}`),
);
const outbox = createOutbox(
  {
    clock,
    log,
    events,
    ledger,
    notices,
    store,
    identifiers: createIdentifiers(),
    channels: createChannels({
      clock,
      secrets: noSecrets,
      limits: { totalMs: 250, sentBytes: 1_000_000, receivedBytes: 65_536 },
    }),
    secrets: noSecrets,
    network: { describe: () => ({ links: ['lo'], gateway: null, fingerprint: '' }) },
    config: () => ({
      desktop: { enabled: false, min_severity: 'info', allow_private: false },
      webhook: { enabled: true, min_severity: 'info', allow_private: true, url },
    }),
    ...noRules,
    raise: () => undefined,
  },
  memory === 'kept' ? stored : { deliveries: [], conversations: stored.conversations },
);
outbox.begin();
say('ready');

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'open') {
    await ledger.flush();
    const rows = await store.readDeliveries({ limit: 1_000_000 });
    say(`open ${rows.filter(({ state }) => state !== 'delivered').length}`);
    continue;
  }
  const [kind, number] = line.split(' ');
  if (kind !== 'firing' && kind !== 'resolved') continue;
  const episode = episodeRecord(Number(number), kind === 'resolved' ? { state: 'resolved', resolvedAt: 1 } : {});
  if (!written.has(`${kind} ${episode.id}`)) {
    written.add(`${kind} ${episode.id}`);
    outbox.write([], [], [tellingOf(kind, episode)]);
  }
  // In its order, so that it need not be waited for before the next is read.
  void ledger.flush().then(() => say(`said ${line}`));
}
