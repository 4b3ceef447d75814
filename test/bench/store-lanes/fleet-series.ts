import type { StoredSample } from '../../../main/engine/ports/metrics-store.ts';
import { chanceOf } from '../../main/adapters/sqlite/roll-up-truth.ts';

export const minuteMs = 60_000;
export const beginMs = Date.parse('2026-03-01T00:00:00Z');

/** A fleet at work: loads that wander, disks that fill, traffic that is noisy. The same on every run. */
export class FleetSeries {
  readonly #chance: () => number;
  readonly #states: { cpu: number; memory: number; disk: number; readonly rate: number }[];
  #tick = 0;

  constructor(machines: number, seed = 7) {
    this.#chance = chanceOf(seed);
    this.#states = Array.from({ length: machines }, () => ({
      cpu: 50 * this.#chance(),
      memory: 30 + 40 * this.#chance(),
      disk: 40,
      rate: 10 ** (3 + 4 * this.#chance()),
    }));
  }

  /** The readings of the next round. */
  next(stepMs = minuteMs): readonly StoredSample[] {
    const atMs = beginMs + this.#tick * stepMs + Math.floor(this.#chance() * 4);
    this.#tick += 1;
    return this.#states.map((state, index): StoredSample => {
      const chance = this.#chance;
      state.cpu = bounded(state.cpu + (chance() - 0.5) * 6);
      state.memory = bounded(state.memory + (chance() - 0.5) * 0.4);
      if (chance() < 0.02) state.disk = bounded(state.disk + 0.01);
      const rate = (): number => Math.round(state.rate * (0.9 + 0.2 * chance()));
      return {
        // Of its own each time, as whatever comes from another thread is.
        machineId: Buffer.from(machineId(index)).toString('latin1'),
        source: 'host',
        atMs,
        error: null,
        cpuPercent: hundredth(state.cpu),
        memoryPercent: hundredth(state.memory),
        diskPercent: hundredth(state.disk),
        diskReadBytesPerSecond: rate(),
        diskWriteBytesPerSecond: rate(),
        networkInBytesPerSecond: rate(),
        networkOutBytesPerSecond: rate(),
      };
    });
  }
}

export function machineId(index: number): string {
  return `2c1f3c1e-0000-4000-8000-${String(index).padStart(12, '0')}`;
}

const bounded = (value: number): number => Math.min(100, Math.max(0, value));
const hundredth = (value: number): number => Math.round(value * 100) / 100;
