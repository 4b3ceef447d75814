import { expect, it } from 'vitest';
import type { DeliveryRecord } from '../../../../main/engine/ports/delivery-records.ts';
import type { StateChange } from '../../../../main/engine/ports/state-store.ts';
import { episodeRecord } from '../../../support/outbox-rounds.ts';
import { storeAt, temporaryHome } from './state-samples.ts';

const delivery = (number: number, over: Partial<DeliveryRecord> = {}): StateChange => ({
  kind: 'delivery-put',
  delivery: {
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    channel: 'slack',
    key: `k${number}`,
    episode: 'first',
    kind: 'firing',
    rule: 'high_cpu',
    machine: 'web',
    machineId: 'm',
    metric: null,
    value: null,
    threshold: null,
    severity: 'warning',
    title: 't',
    body: 'b',
    firedAt: 0,
    resolvedAt: null,
    at: 0,
    state: 'waiting',
    attempts: 0,
    mayHaveArrived: false,
    deliveredAt: null,
    reason: null,
    ...over,
  },
});

it('messages come back in the order they were written, whatever became of them meanwhile', async () => {
  const home = temporaryHome();
  const { store } = storeAt(home);
  await store.open();
  await store.commit([delivery(3), delivery(1), delivery(2)]);
  await store.commit([delivery(1, { state: 'delivered' }), delivery(3, { state: 'parked' })]);
  const keys = async (query: Parameters<typeof store.readDeliveries>[0]) =>
    (await store.readDeliveries(query)).map(({ key }) => key);
  expect(await keys({ limit: 10 })).toEqual(['k2', 'k1', 'k3']);
  expect(await keys({ limit: 2 })).toEqual(['k2', 'k1']);
  expect(await keys({ state: 'parked', limit: 10 })).toEqual(['k3']);
  await store.close();
  const stored = await storeAt(home).store.open();
  expect(stored.deliveries.map(({ key }) => key)).toEqual(['k3', 'k2']);
});

it('who was told of an alert, and not that it is over, is known after a restart', async () => {
  const home = temporaryHome();
  const { store } = storeAt(home);
  await store.open();
  await store.commit([
    delivery(1, { state: 'delivered' }),
    delivery(2, { channel: 'email', state: 'delivered' }),
    delivery(3, { channel: 'email', kind: 'resolved', state: 'delivered' }),
    delivery(4, { episode: 'second', kind: 'flapping' }),
  ]);
  await store.close();
  const { conversations } = await storeAt(home).store.open();
  expect(conversations).toEqual([
    { episode: 'first', channel: 'slack' },
    { episode: 'second', channel: 'slack' },
  ]);
});

it('alerts are found by rule, machine and time, those of this computer too', async () => {
  const { store } = storeAt(temporaryHome());
  await store.open();
  const episodes = [
    episodeRecord(1, { firedAt: 10 }),
    episodeRecord(2, { firedAt: 20, rule: 'other' }),
    episodeRecord(3, { firedAt: 30, rule: 'own-network', machineId: null, machine: null }),
  ];
  await store.commit(episodes.map((episode) => ({ kind: 'episode-put', episode })));
  const found = async (query: Parameters<typeof store.readEpisodes>[0]) =>
    (await store.readEpisodes(query)).map(({ firedAt }) => firedAt);
  expect(await found({ limit: 10 })).toEqual([30, 20, 10]);
  expect(await found({ limit: 10, before: 30 })).toEqual([20, 10]);
  expect(await found({ limit: 10, rule: 'other' })).toEqual([20]);
  expect(await found({ limit: 10, machineId: 'machine-1' })).toEqual([10]);
  expect(await found({ limit: 1 })).toEqual([30]);
  expect(await store.countEpisodes(20)).toEqual([
    { rule: 'other', alerts: 1, lastFiredAt: 20 },
    { rule: 'own-network', alerts: 1, lastFiredAt: 30 },
  ]);
});
