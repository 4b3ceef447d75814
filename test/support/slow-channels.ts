import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createChannels } from '../../main/adapters/channels/channels.ts';
import { createLookUp } from '../../main/adapters/channels/look-up.ts';
import { createIdentifiers } from '../../main/adapters/host/identifiers.ts';
import { createProbes } from '../../main/adapters/probes/probes.ts';
import { createSqliteStateStore } from '../../main/adapters/sqlite/sqlite-state-store.ts';
import { createStopSource } from '../../main/contract/stop-signal.ts';
import { createLedger } from '../../main/engine/journal/ledger.ts';
import { startLoop } from '../../main/engine/lifetime/loop.ts';
import { createEngineNotices } from '../../main/engine/notices/engine-notices.ts';
import { createOutbox } from '../../main/engine/outbox/outbox-desk.ts';
import type { Channels } from '../../main/engine/ports/channels.ts';
import { root } from '../../scripts/project.mjs';
import { eventually } from './eventually.ts';
import { accepts, startHookReceiver } from './hook-receiver.ts';
import { episodeRecord, noRules, noSecrets, tellingOf } from './outbox-rounds.ts';
import { createRealClock } from './real-clock.ts';

export interface SlowChannelsReport {
  /** How late rounds of checks began; 99 of 100 were sooner. Milliseconds. */
  readonly lateMs: number;
  readonly checks: number;
  /** From the word that was written to its arrival at each good receiver, in order. */
  readonly delays: readonly number[];
}

const hangingName = 'hangs.tests.test';
const checkedMachines = 20;
const checkMs = 1000;
const betweenWordsMs = 3000;

/**
 * A real outbox, real checks of ports and real receivers in one process: Slack and Teams take everything; webhook, mail and
 * Discord do too, or hang, drip and never find their name.
 */
export async function slowChannels(options: {
  readonly areSlow: boolean;
  readonly words: number;
  /** How each try of a channel is made; a control makes them wait for one another. */
  readonly through?: (send: Channels['send']) => Channels['send'];
}): Promise<SlowChannelsReport> {
  const { areSlow, words, through = (send) => send } = options;
  const home = mkdtempSync(path.join(tmpdir(), 'vigil-slow-'));
  const arrivedAt = new Map<string, number>();
  const good = await startHookReceiver(({ body }, response) => {
    for (const [episode] of body.matchAll(/vm-\d+/g)) {
      if (!arrivedAt.has(episode)) arrivedAt.set(episode, performance.now());
    }
    response.writeHead(200).end('ok');
  }, false);
  const hook = await startHookReceiver(areSlow ? () => undefined : accepts, false);
  const tarpit = await startTarpit();
  const door = await startDoor();
  const clock = createRealClock();
  const log = { write: () => undefined };
  const events = { publish: () => undefined };
  const store = createSqliteStateStore({
    home,
    migrationsFolder: path.join(root, 'resources', 'migrations', 'state'),
    log,
  });
  const stored = await store.open();
  const notices = createEngineNotices(clock, events);
  const ledger = createLedger({ store, clock, log, events, notices }, stored.lastJournalId);
  const lookUp = createLookUp();
  const channels = createChannels({
    clock,
    secrets: noSecrets,
    lookUp: (name) => (name === hangingName ? new Promise(() => undefined) : lookUp(name)),
  });
  const on = { enabled: true, min_severity: 'info', allow_private: true } as const;
  const outbox = createOutbox(
    {
      clock,
      log,
      events,
      ledger,
      notices,
      store,
      identifiers: createIdentifiers(),
      channels: { ...channels, send: through(channels.send) },
      secrets: noSecrets,
      network: { describe: () => ({ links: ['lo'], gateway: null, fingerprint: '' }) },
      config: () => ({
        desktop: { enabled: false, min_severity: 'info', allow_private: false },
        slack: { ...on, webhook_url: good.url },
        webhook: { ...on, url: hook.url },
        ...(areSlow
          ? {
              discord: { ...on, webhook_url: `https://${hangingName}/x` },
              email: {
                ...on,
                smtp_host: '127.0.0.1',
                smtp_port: tarpit.port,
                from_address: 'v@tests.test',
                to_addresses: ['me@tests.test'],
              },
            }
          : {}),
      }),
      ...noRules,
      raise: () => undefined,
    },
    stored,
  );
  outbox.begin();

  const late: number[] = [];
  const probes = createProbes();
  const never = createStopSource().signal;
  const loops = Array.from({ length: checkedMachines }, () => {
    let due = clock.monotonicNow() + checkMs;
    return startLoop({
      name: 'checks',
      clock,
      log,
      intervalMs: () => checkMs,
      isSteady: true,
      run: async () => {
        const now = clock.monotonicNow();
        late.push(Math.max(0, now - due));
        due = now + checkMs;
        await probes.tcp('127.0.0.1', door.port, { timeoutMs: 5000, signal: never });
      },
    });
  });
  try {
    const delays: number[] = [];
    for (let number = 0; number < words; number += 1) {
      const at = performance.now();
      outbox.write([], [], [tellingOf('firing', episodeRecord(number))]);
      await eventually(`word ${number}`, () => arrivedAt.has(`vm-${number}`), 120_000);
      delays.push((arrivedAt.get(`vm-${number}`) ?? at) - at);
      await pause(Math.max(0, betweenWordsMs - (performance.now() - at)));
    }
    const sorted = late.toSorted((a, b) => a - b);
    return { lateMs: sorted[Math.floor(sorted.length * 0.99)] ?? 0, checks: late.length, delays };
  } finally {
    await Promise.all([...loops.map((stop) => stop()), outbox.stop()]);
    await ledger.flush();
    await store.close();
    for (const each of [good, hook, tarpit, door]) await each.close();
    rmSync(home, { recursive: true, force: true });
  }
}

/** A mail server that says its greeting one letter a second. */
function startTarpit() {
  return listen((socket) => {
    const letters = [...'220 mail.tests.test is slow today and every other day as well'];
    const timer = setInterval(() => {
      const next = letters.shift();
      if (next !== undefined) socket.write(next);
    }, 1000);
    socket.once('close', () => clearInterval(timer));
  });
}

/** A port that takes whoever knocks. */
function startDoor() {
  return listen(() => undefined);
}

async function listen(take: (socket: Socket) => void): Promise<{ readonly port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    take(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
