import { expect, it } from 'vitest';
import type { MachineEnd, MachineReport } from '../../../../main/engine/ports/machine-provider.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { latch } from '../../../support/fake-ports.ts';
import { type SeededRandom, seededRandom } from '../../../support/seeded-random.ts';

/**
 * B11: two machines live the same life; one of them also gets every report of its earlier runs again, late, doubled and
 * in any order, at rest and in the middle of verbs. The other is the oracle: they must stay alike.
 */
const schedules = Number(process.env.VIGIL_SCHEDULES ?? 10_000);
const schedulesPerEngine = 500;
const names = ['noisy', 'quiet'] as const;
type Name = (typeof names)[number];

const endKinds = ['guest-shutdown', 'quit', 'host-signal', 'killed', 'internal-error'] as const;

/** A report without its machine. */
type News =
  | { readonly kind: 'ended' | 'panicked' | 'watchdog'; readonly end: MachineEnd }
  | { readonly kind: 'paused' | 'resumed' };

function anyNews(random: SeededRandom): News {
  const kind = random.pick(['ended', 'ended', 'panicked', 'watchdog', 'paused', 'resumed'] as const);
  if (kind === 'paused' || kind === 'resumed') return { kind };
  const endKind = kind === 'ended' ? random.pick(endKinds) : kind;
  return { kind, end: { kind: endKind, summary: endKind, consoleTail: '', events: '[]' } };
}

class Twins {
  readonly #test: EngineUnderTest;
  readonly #random: SeededRandom;
  /** The control's engine takes every report for one of the present run. */
  readonly #blind: boolean;
  readonly #ids: Readonly<Record<Name, string>>;
  /** What was ever said of a run, with its generation. */
  readonly #past: { readonly news: News; readonly generation: number }[] = [];
  #journalFrom = 0;

  constructor(test: EngineUnderTest, random: SeededRandom, blind: boolean, ids: Record<Name, string>) {
    this.#test = test;
    this.#random = random;
    this.#blind = blind;
    this.#ids = ids;
  }

  static async create(random: SeededRandom, blind: boolean): Promise<Twins> {
    const test = await engineUnderTest();
    for (const name of names) await test.create({ name });
    const idOf = (name: Name) =>
      [...test.store.machines.values()].find((record) => record.name === name)?.id ?? 'it was not made';
    return new Twins(test, random, blind, { noisy: idOf('noisy'), quiet: idOf('quiet') });
  }

  /** One life of one to three steps; the differences afterwards. */
  async schedule(): Promise<string[]> {
    for (let steps = 1 + this.#random.below(3); steps > 0; steps -= 1) {
      await this.#test.clock.advance(1000);
      await this.#step();
      this.#repeatThePast();
    }
    return this.#differences();
  }

  close(): Promise<void> {
    return this.#test.engine.stop();
  }

  get #generation(): number {
    return this.#test.store.machines.get(this.#ids.quiet)?.generation ?? 0;
  }

  async #step(): Promise<void> {
    const verb = this.#random.pick(['start', 'restart', 'stop', 'report', 'report'] as const);
    if (verb === 'report') {
      const news = anyNews(this.#random);
      this.#past.push({ news, generation: this.#generation });
      for (const name of names) this.#tell(name, news, this.#generation);
      return;
    }
    const { engine, provider } = this.#test;
    const gate = latch<void>();
    // Every verb is held in its middle, so that reports arrive there too.
    provider.startGate = gate.promise;
    provider.stopGate = gate.promise;
    const begun = await Promise.all(
      names.map(async (machine) => {
        try {
          return await engine.handlers[`machine.${verb}`]({ machine, force: false }, someone);
        } catch {
          // Refused, as it may be; then both were.
          return null;
        }
      }),
    );
    this.#repeatThePast();
    if (verb === 'restart') {
      // Of the run that is about to be replaced: by the time it can be applied, another one is there.
      const news = anyNews(this.#random);
      this.#past.push({ news, generation: this.#generation });
      if (begun[0] !== null && this.#random.below(2) === 0) this.#tell('noisy', news, this.#generation);
    }
    gate.open();
    for (const operation of begun)
      if (operation !== null) await engine.handlers['operation.wait']({ operation: operation.id }, someone);
  }

  #repeatThePast(): void {
    const present = this.#generation;
    const late = this.#past.filter(({ generation }) => generation < present);
    for (let times = this.#random.below(4); times > 0 && late.length > 0; times -= 1) {
      const { generation, news } = this.#random.pick(late);
      this.#tell('noisy', news, this.#blind ? present : generation);
    }
  }

  #tell(name: Name, news: News, generation: number): void {
    const report: MachineReport = { ...news, id: this.#ids[name], generation };
    this.#test.provider.report(report);
  }

  #differences(): string[] {
    const { journal, machines, crashes } = this.#test.store;
    const fresh = journal.slice(this.#journalFrom);
    this.#journalFrom = journal.length;
    const tale = (name: Name) => {
      const { runtime, id, ...row } = machines.get(this.#ids[name]) ?? { runtime: null, id: '' };
      const story = fresh.filter((entry) => entry.machineId === id);
      return JSON.stringify({
        row,
        runs: runtime !== null,
        story: story.map(({ action, actor, at, summary, details: { pid: _pid, ...rest } }) => [
          ...[action, actor, at, summary],
          rest,
        ]),
        crashes: crashes.filter(({ machineId }) => machineId === id).length,
        shown: this.#test.notifier.shown.filter((notification) => JSON.stringify(notification).includes(id)).length,
      }).replaceAll(name, 'twin');
    };
    const [noisy, quiet] = [tale('noisy'), tale('quiet')];
    return noisy === quiet ? [] : [`noisy ${noisy}\nquiet ${quiet}`];
  }
}

async function live(count: number, random: SeededRandom, blind: boolean): Promise<string[]> {
  const differences: string[] = [];
  for (let done = 0; done < count; done += schedulesPerEngine) {
    const twins = await Twins.create(random, blind);
    for (let schedule = 0; schedule < Math.min(schedulesPerEngine, count - done); schedule += 1)
      differences.push(...(await twins.schedule()));
    await twins.close();
  }
  return differences;
}

it(`reports of earlier runs change nothing in ${schedules} random schedules`, { timeout: 300_000 }, async () => {
  const random = seededRandom();
  const begun = performance.now();
  const differences = await live(schedules, random, false);
  console.log(`B11: R=0 M=${schedules} seed=${random.seed}, ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  expect(differences.slice(0, 3)).toEqual([]);
});

it('the control: an engine that does not look at the generation is caught', async () => {
  expect((await live(100, seededRandom(1), true)).length).toBeGreaterThan(0);
});
