import { describe, expect, it } from 'vitest';
import type { MachineDetail } from '../../../../main/contract/machine.ts';
import type { GuestLook } from '../../../../main/engine/ports/machine-guest.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { latch } from '../../../support/fake-ports.ts';

const debian: GuestLook = {
  present: true,
  os: 'Debian GNU/Linux 12 (bookworm)',
  hostName: 'web',
  addresses: [{ interface: 'eth0', address: '10.0.2.15' }],
  fileSystems: [{ mount: '/', type: 'ext4', usedBytes: 30, totalBytes: 120 }],
};

async function withGuest(look: GuestLook | null | undefined, start = true): Promise<EngineUnderTest> {
  const test = await engineUnderTest();
  if (look !== undefined) test.provider.guest.looks.set('demo', look);
  await test.create({ name: 'demo', forwards: [{ host: 2222, guest: 22 }], start });
  return test;
}
const detail = (test: EngineUnderTest): Promise<MachineDetail> =>
  Promise.resolve(test.engine.handlers['machine.get']({ machine: 'demo' }, someone));
const looks = (test: EngineUnderTest) => test.provider.guest.calls.filter((call) => call === 'look demo').length;

describe('what the agent in a guest says', () => {
  it('is asked on the beat of the readings, and kept between', async () => {
    const test = await withGuest(debian);
    await test.clock.advance(1000);
    expect(looks(test)).toBe(1);
    expect((await detail(test)).guest).toEqual({ ...debian, reason: null, at: '2026-01-01T00:00:01.000Z' });
    expect(looks(test)).toBe(1);
    await test.clock.advance(60_000);
    expect(looks(test)).toBe(2);
    await test.engine.stop();
    expect(test.clock.waiting).toBe(0);
  });

  it('is asked anew for a person who looks later', async () => {
    const test = await withGuest(undefined);
    await test.clock.advance(1000);
    expect((await detail(test)).guest).toMatchObject({ present: false, reason: 'No guest agent listens in it.' });
    test.provider.guest.looks.set('demo', debian);
    await test.clock.advance(6000);
    expect((await detail(test)).guest).toMatchObject({ present: true, hostName: 'web' });
    await test.engine.stop();
  });

  it('is not waited for when it is silent, and asked once at a time', async () => {
    const test = await withGuest(debian);
    await test.clock.advance(1000);
    await test.clock.advance(6000);
    const gate = latch<void>();
    test.provider.guest.gate = gate.promise;
    const first = detail(test);
    const second = detail(test);
    await test.clock.advance(1500);
    expect((await first).guest).toMatchObject({ at: '2026-01-01T00:00:01.000Z' });
    await second;
    expect(looks(test)).toBe(2);
    gate.open();
    await test.clock.advance(0);
    expect((await detail(test)).guest).toMatchObject({ at: '2026-01-01T00:00:08.500Z' });
    await test.engine.stop();
  });

  it('is told to whoever watches when it changes, and not when a disk fills', async () => {
    const test = await withGuest(debian);
    await test.clock.advance(1000);
    const told = () => test.events.of('machine.changed').length;
    const before = told();
    const fuller = { ...debian, fileSystems: [{ mount: '/', type: 'ext4', usedBytes: 90, totalBytes: 120 }] };
    test.provider.guest.looks.set('demo', fuller);
    await test.clock.advance(60_000);
    expect(told()).toBe(before);
    test.provider.guest.looks.set('demo', { ...fuller, addresses: [] });
    await test.clock.advance(60_000);
    expect(told()).toBe(before + 1);
    await test.engine.stop();
  });

  it('stays as it was while it is no moment to ask', async () => {
    const test = await withGuest(debian);
    await test.clock.advance(1000);
    test.provider.guest.looks.set('demo', null);
    await test.clock.advance(60_000);
    expect((await detail(test)).guest).toMatchObject({ present: true, at: '2026-01-01T00:00:01.000Z' });
    await test.engine.stop();
  });

  it('goes with the run it belongs to', async () => {
    const test = await withGuest(debian);
    await test.clock.advance(1000);
    await test.ended(test.engine.handlers['machine.stop']({ machine: 'demo', force: true }, someone));
    expect((await detail(test)).guest).toBeNull();
    test.provider.guest.looks.set('demo', null);
    await test.ended(test.engine.handlers['machine.start']({ machine: 'demo' }, someone));
    expect((await detail(test)).guest).toBeNull();
    await test.engine.stop();
  });

  it('leaves the address where the machine is reached from here: its forwards', async () => {
    const test = await withGuest(debian);
    await test.clock.advance(1000);
    expect((await detail(test)).machine.address).toBe('127.0.0.1');
    await test.engine.stop();
  });

  it('is the address of a machine on a bridge, IPv4 first', async () => {
    const test = await engineUnderTest();
    const card = (address: string) => ({ interface: 'eth0', address });
    test.provider.guest.looks.set('demo', { ...debian, addresses: [card('fd00::15'), card('192.0.2.15')] });
    await test.create({ name: 'demo', network: 'bridge', bridge: 'br0', start: true });
    expect((await test.engine.handlers['machine.list']({}, someone))[0]).toMatchObject({ address: null });
    await test.clock.advance(1000);
    expect(test.events.of('machine.changed').at(-1)).toMatchObject({ name: 'demo', address: '192.0.2.15' });
    await test.ended(test.engine.handlers['machine.stop']({ machine: 'demo', force: true }, someone));
    expect((await detail(test)).machine.address).toBeNull();
    await test.engine.stop();
  });

  it('tells how full its own disk is, for a guest that nobody looks at over SSH', async () => {
    const test = await withGuest(debian);
    await test.clock.advance(1000);
    await test.clock.advance(60_000);
    const guest = test.metrics.samples.filter(({ source }) => source === 'guest');
    expect(guest.at(-1)).toMatchObject({ diskPercent: 25, cpuPercent: null, memoryPercent: null, error: null });
    test.provider.guest.looks.set('demo', { ...debian, fileSystems: [] });
    await test.clock.advance(120_000);
    const since = test.metrics.samples.filter(
      ({ atMs, source }) => source === 'guest' && atMs > Date.parse('2026-01-01T00:02:30Z'),
    );
    expect(since).toEqual([]);
    await test.engine.stop();
  });
});
