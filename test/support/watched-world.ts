import type { StopSignal } from '../../main/contract/stop-signal.ts';
import type { NetworkDescription } from '../../main/engine/ports/network.ts';
import type { SshCheck, SshFinding, SshTarget } from '../../main/engine/ports/ssh.ts';
import { FakeNetwork, FakeSsh } from './fake-ports.ts';
import type { ManualClock } from './manual-clock.ts';
import type { SeededRandom } from './seeded-random.ts';

/** How the watcher's own network may be, with healthy machines at the other end of it. */
export const networkFaults = ['down', 'no-route', 'names', 'half-open', 'captive', 'vpn', 'loss'] as const;
export type NetworkFault = (typeof networkFaults)[number];

const checkMs = 20;
/** What a check that nobody answers takes: the limit of the watch. */
const silentMs = 30_000;

/** Machines at addresses 10.0.N.M, and the network between them and us. Time is the clock's. */
export class WatchedWorld {
  fault: NetworkFault | null = null;
  /** Addresses whose machine is really dead. */
  readonly dead = new Set<string>();
  /** Those behind the tunnel, as far as there is one. */
  isBehindTunnel = (_host: string): boolean => false;
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  finding(host: string): SshFinding {
    const really: SshFinding = this.dead.has(host) ? 'timeout' : 'ok';
    switch (this.fault) {
      case null:
        return really;
      case 'down':
      case 'no-route':
        return 'unreachable';
      case 'names':
        return /^[\d.]+$/.test(host) ? really : 'name-resolution';
      case 'half-open':
        return 'timeout';
      case 'captive':
        return this.#random.pick(['no-banner', 'closed', 'host-key-changed']);
      case 'vpn':
        return this.isBehindTunnel(host) ? 'timeout' : really;
      case 'loss':
        return this.#random.next() < 0.8 ? 'timeout' : really;
    }
  }

  /** Whether somebody near answers: the router and the name server. */
  witnessAnswers(): boolean {
    if (this.fault === null || this.fault === 'captive' || this.fault === 'vpn') return true;
    return this.fault === 'loss' && this.#random.next() < 0.2;
  }

  nameServerAnswers(): boolean {
    return this.fault === 'names' ? false : this.witnessAnswers();
  }

  describe(): NetworkDescription {
    const usual = { links: ['wlan0'], gateway: '192.168.1.1', fingerprint: 'home' };
    if (this.fault === 'down') return { links: [], gateway: null, fingerprint: 'none' };
    if (this.fault === 'no-route') return { ...usual, gateway: null, fingerprint: 'no gateway' };
    if (this.fault === 'vpn') return { ...usual, fingerprint: 'without tunnel' };
    return usual;
  }
}

/** A network port that shows what the world is like; blinded, it says that all is well here, whatever is. */
export class WorldNetwork extends FakeNetwork {
  readonly #world: WatchedWorld;
  readonly #isBlind: boolean;

  constructor(world: WatchedWorld, isBlind: boolean) {
    super();
    this.#world = world;
    this.#isBlind = isBlind;
  }

  override describe(): NetworkDescription {
    return this.#isBlind ? this.description : this.#world.describe();
  }

  override async hasRouteTo(): Promise<boolean> {
    return this.#isBlind || (this.#world.fault !== 'down' && this.#world.fault !== 'no-route');
  }

  override async answers(): Promise<boolean> {
    return this.#isBlind || this.#world.witnessAnswers();
  }

  override async nameServerAnswers(): Promise<boolean> {
    return this.#isBlind || this.#world.nameServerAnswers();
  }
}

/** Checks that take their time, as real ones do. */
export class WorldSsh extends FakeSsh {
  /** Known once the engine has made it. */
  clock: ManualClock | null = null;
  readonly #world: WatchedWorld;

  constructor(world: WatchedWorld) {
    super();
    this.#world = world;
  }

  override async check(target: SshTarget, timeoutMs = silentMs, signal?: StopSignal): Promise<SshCheck> {
    const { clock } = this;
    this.checks.push(target.host);
    if (clock === null) return { finding: 'not-tried', reason: 'Nobody looked yet.', durationMs: 0 };
    const before = this.#world.finding(target.host);
    const isSilent = before === 'timeout' || before === 'unreachable';
    const durationMs = isSilent ? Math.min(timeoutMs, silentMs) : checkMs;
    await new Promise<void>((resolve) => {
      const cancel = clock.after(durationMs, resolve);
      signal?.addEventListener('abort', () => {
        cancel();
        resolve();
      });
    });
    return {
      finding: before,
      reason: before === 'ok' ? 'It answers.' : `SSH at ${target.host}: ${before}.`,
      durationMs,
    };
  }
}
