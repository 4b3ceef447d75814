import { beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../../main/contract/connection.ts';
import { VigilError } from '../../../main/contract/failure.ts';
import { createEngineSession, type EngineSeat } from '../../../main/electron/engine-session.ts';
import { createEventBus } from '../../../main/transport/event-bus.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { recordingLog } from '../../support/recording-log.ts';

/** What the next attempts meet; the last one stays. */
type Attempt = 'ours' | 'taken' | 'broken';

class World {
  readonly clock = new ManualClock();
  readonly story: string[] = [];
  hosting: Attempt[] = ['ours'];
  isOtherAlive = true;
  /** Ends the other engine's connection. */
  hangUp: (reason: string) => void = () => {};

  readonly session = createEngineSession({
    host: async () => {
      const attempt = this.hosting.length > 1 ? this.hosting.shift() : this.hosting[0];
      this.story.push(`host: ${attempt}`);
      if (attempt === 'taken') throw new VigilError('conflict', 'Another engine holds it.');
      if (attempt === 'broken') throw new VigilError('refused', 'The disk is full.');
      return this.seat('app', new Promise(() => {}));
    },
    attach: async () => {
      this.story.push(`attach: ${this.isOtherAlive}`);
      if (!this.isOtherAlive) throw new VigilError('unreachable', 'No engine answers.');
      return this.seat(
        'headless',
        new Promise((resolve) => {
          this.hangUp = resolve;
        }),
      );
    },
    clock: this.clock,
    log: recordingLog(),
  });

  constructor() {
    this.session.connection.subscribe('engine.connected', ({ host }) => this.story.push(`connected: ${host}`));
    this.session.connection.subscribe('engine.disconnected', ({ reason }) =>
      this.story.push(`disconnected: ${reason}`),
    );
    this.session.onChange(() => this.story.push(`none: ${this.session.noEngine}`));
  }

  seat(host: 'app' | 'headless', gone: Promise<string>): EngineSeat {
    const connection: Connection = {
      call: async () => host as never,
      subscribe: createEventBus(recordingLog()).subscribe,
    };
    return { connection, host, pid: 1, gone, leave: async () => void this.story.push(`leave: ${host}`) };
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});

describe('an app on a free data home', () => {
  test('becomes its engine', async () => {
    world.session.start();
    await world.clock.advance(0);
    expect(world.story).toEqual(['host: ours', 'none: null', 'connected: app']);
    await expect(world.session.connection.call('engine.status', {})).resolves.toBe('app');
  });

  test('stops it when it quits, and seeks no other', async () => {
    world.session.start();
    await world.clock.advance(0);
    await world.session.stop();
    await world.clock.advance(60_000);
    expect(world.story.slice(3)).toEqual(['none: Vigil quits.', 'disconnected: Vigil quits.', 'leave: app']);
  });

  test('stops it also when it quits while the engine still starts', async () => {
    world.session.start();
    await world.session.stop();
    expect(world.story).toEqual(['host: ours', 'leave: app']);
  });
});

describe('an app beside a living engine', () => {
  beforeEach(() => {
    world.hosting = ['taken', 'ours'];
    world.session.start();
  });

  test('attaches to it', async () => {
    await world.clock.advance(0);
    expect(world.story).toEqual(['host: taken', 'attach: true', 'none: null', 'connected: headless']);
  });

  test('lets go of it when it quits', async () => {
    await world.clock.advance(0);
    await world.session.stop();
    expect(world.story.at(-1)).toBe('leave: headless');
  });

  test('takes its place when it goes away', async () => {
    await world.clock.advance(0);
    world.hangUp('The engine has closed the connection.');
    await world.clock.advance(100);
    expect(world.story.slice(4)).toEqual([
      'none: The engine has closed the connection.',
      'disconnected: The engine has closed the connection.',
      'leave: headless',
      'host: ours',
      'none: null',
      'connected: app',
    ]);
  });

  test('fails calls as unreachable while there is none', async () => {
    await world.clock.advance(0);
    world.hangUp('It ended.');
    await world.clock.advance(0);
    await expect(world.session.connection.call('machine.list', {})).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('attaches to the next one when another was faster', async () => {
    world.hosting = ['taken'];
    await world.clock.advance(0);
    world.hangUp('It ended.');
    await world.clock.advance(100);
    expect(world.story.slice(-4)).toEqual(['host: taken', 'attach: true', 'none: null', 'connected: headless']);
  });
});

describe('an app that gets no engine', () => {
  test('says why', async () => {
    world.hosting = ['broken'];
    world.session.start();
    await world.clock.advance(0);
    expect(world.session.noEngine).toBe('The disk is full.');
  });

  test('tries again with growing pauses, never more than 5 s', async () => {
    world.hosting = ['broken'];
    world.session.start();
    const pauses: (number | null)[] = [];
    await world.clock.advance(0);
    for (let round = 0; round < 9; round += 1) {
      pauses.push(world.clock.nextDueMs);
      await world.clock.advance(world.clock.nextDueMs ?? 0);
    }
    expect(pauses).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
  });

  test('does not hurry after an engine that leaves as soon as it comes', async () => {
    world.hosting = ['taken'];
    world.session.start();
    await world.clock.advance(0);
    for (let round = 0; round < 5; round += 1) {
      world.hangUp('Refused.');
      await world.clock.advance(0);
      await world.clock.advance(world.clock.nextDueMs ?? 0);
    }
    world.hangUp('Refused.');
    await world.clock.advance(0);
    expect(world.clock.nextDueMs).toBe(3200);
  });

  test('hurries again after one that stayed', async () => {
    world.hosting = ['broken', 'broken', 'broken', 'taken'];
    world.session.start();
    await world.clock.advance(10_000);
    world.hangUp('It ended.');
    await world.clock.advance(0);
    expect(world.clock.nextDueMs).toBe(100);
  });

  test('stops trying when it quits', async () => {
    world.hosting = ['broken'];
    world.session.start();
    await world.clock.advance(0);
    await world.session.stop();
    expect(world.clock.waiting).toBe(0);
  });

  test('finds one that comes up while it waits', async () => {
    world.hosting = ['taken'];
    world.isOtherAlive = false;
    world.session.start();
    await world.clock.advance(50);
    expect(world.session.noEngine).toBe('No engine answers.');
    world.isOtherAlive = true;
    await world.clock.advance(100);
    expect(world.session.noEngine).toBeNull();
  });
});
