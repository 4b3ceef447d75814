import { describe, expect, it } from 'vitest';
import { AlertRules } from '../../main/contract/alert-rule.ts';
import { randomStream, turnsByMeaning, turnsOf } from '../support/alert-streams.ts';
import { deeds, endedWhileDead } from '../support/ended-while-dead.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../support/engine-under-test.ts';
import { FakeProvider, fakeRun, MemoryAlertRules } from '../support/fake-ports.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';

/** B21 and B22 at their full number, on the injected clock. */
const streams = Number(process.env.VIGIL_ALERT_STREAMS ?? 10_000);
const deaths = Number(process.env.VIGIL_ALERT_DEATHS ?? 100);
const realDeaths = Number(process.env.VIGIL_ALERT_REAL_DEATHS ?? 2);
const second = 1000;
const minute = 60 * second;

describe('random streams of values (B22)', () => {
  it(`${streams} of them turn exactly when the meaning of their rule says, through sleeps, restarts and set clocks`, () => {
    const { seed } = seededRandom();
    const wrong: number[] = [];
    let turns = 0;
    for (let index = 0; index < streams; index += 1) {
      const stream = randomStream(seed + index);
      const expected = turnsByMeaning(stream);
      turns += expected.length;
      if (JSON.stringify(turnsOf(stream)) !== JSON.stringify(expected)) wrong.push(seed + index);
    }
    console.log(`B22: R=0 M=${streams} seed=${seed}; ${turns} turns, ${wrong.length} wrong`);
    expect(turns).toBeGreaterThan(streams);
    expect(wrong).toEqual([]);
  });

  it('the control: an evaluator that takes a wait through a sleep for one that held is found out', () => {
    const { seed } = seededRandom();
    const wrong = Array.from({ length: 500 }, (_, index) => randomStream(seed + index)).filter(
      (stream) =>
        JSON.stringify(turnsOf({ ...stream, toleranceMs: Number.POSITIVE_INFINITY })) !==
        JSON.stringify(turnsByMeaning(stream)),
    );
    expect(wrong.length).toBeGreaterThan(10);
  });
});

/** How an alert comes to its end while nobody watches. */
const ends: Readonly<Record<string, (test: EngineUnderTest, provider: BusyProvider) => void>> = {
  'the value fell': (_test, provider) => {
    provider.percent = 10;
  },
  'the machine was stopped': (test) => {
    for (const [id, record] of test.store.machines) {
      test.store.machines.set(id, { ...record, wanted: 'stopped', state: 'stopped', runtime: null });
      test.provider.processes.delete(id);
    }
  },
  'the machine was deleted': (test) => {
    test.store.machines.clear();
    test.definitions.written.clear();
    test.provider.processes.clear();
  },
  'the rule was removed': (test) => {
    test.alertRules.rules = AlertRules.parse({});
  },
  'the rule was switched off': (test) => {
    const rules = test.alertRules.rules.rules.map((rule) => ({ ...rule, enabled: false }));
    test.alertRules.rules = { ...test.alertRules.rules, rules };
  },
};

class BusyProvider extends FakeProvider {
  percent = 90;
  #busy = 0;
  #total = 0;

  override async read(...[machine, takenAtMs]: Parameters<FakeProvider['read']>): ReturnType<FakeProvider['read']> {
    this.#busy += this.percent;
    this.#total += 100;
    const reading = await super.read(machine, takenAtMs);
    return { ...reading, cpu: { busy: this.#busy, total: this.#total } };
  }
}

/** An alert fires, the engine is killed, the alert ends, and another engine comes. What it told, and how soon. */
async function death(
  random: SeededRandom,
  change: (test: EngineUnderTest, provider: BusyProvider) => void,
): Promise<{ readonly told: readonly string[]; readonly body: string; readonly awayMs: number }> {
  const alertRules = new MemoryAlertRules();
  alertRules.rules = AlertRules.parse({
    rules: [{ name: 'busy', metric: 'cpu_percent', threshold: 80, severity: 'warning' }],
  });
  const provider = new BusyProvider();
  const before = await engineUnderTest({ alertRules, provider });
  await before.create({ name: 'demo', start: true });
  await before.clock.advance((3 + random.below(120)) * minute);
  // What is on the disk at this moment is all that is left of it.
  const store = before.store.copy();
  const left = { ...before, store };
  await before.engine.stop();
  const awayMs = minute + random.below(30 * 24 * 60) * minute;
  change(left, provider);
  for (const id of provider.processes.keys()) provider.findings.set(id, { kind: 'running', run: fakeRun(1) });
  const after = await engineUnderTest({ ...left, startAt: before.clock.wallNow() + awayMs });
  // A rate needs two readings: the first comes a second after the start, the next one an interval later.
  await after.clock.advance(minute + 2 * second);
  const shown = after.notifier.shown.filter(({ key }) => key.startsWith('alert'));
  expect(await after.engine.handlers['alert.active']({}, someone)).toEqual([]);
  await after.engine.stop();
  return { told: shown.map(({ title }) => title), body: shown.at(-1)?.body ?? '', awayMs };
}

describe('an alert that ends while the engine is dead (B21)', () => {
  it(`${deaths} of ${deaths} are told to be over, once, with how long they took, within one interval of the start`, async () => {
    const random = seededRandom();
    const wrong: unknown[] = [];
    const kinds = Object.entries(ends);
    for (let index = 0; index < deaths; index += 1) {
      const [why, change] = kinds[index % kinds.length] ?? ['', () => undefined];
      const found = await death(random, change);
      const isRight =
        found.told.length === 1 && found.told[0] === 'demo: busy is over' && /^It fired for \d/.test(found.body);
      if (!isRight) wrong.push({ why, ...found });
    }
    console.log(`B21: R=0 M=${deaths} seed=${random.seed}; ${wrong.length} wrong`);
    expect(wrong).toEqual([]);
  });

  it(`real engines, killed with signal 9, too: ${realDeaths} times each of what a person does to the rule meanwhile`, async () => {
    const ends = deeds.filter((deed) => deed !== 'nothing');
    const times: number[] = [];
    for (let round = 0; round < realDeaths; round += 1)
      for (const deed of ends) {
        const { told, tookMs } = await endedWhileDead(deed);
        expect(told, deed).toEqual(['resolved']);
        times.push(tookMs ?? Number.POSITIVE_INFINITY);
      }
    console.log(`B21: R=${times.length} M=0; the last word after ${Math.round(Math.max(...times))} ms at most`);
    expect(Math.max(...times)).toBeLessThan(minute);
  });

  it('the control: where nothing ended a real engine tells nothing', async () => {
    expect(await endedWhileDead('nothing')).toEqual({ told: [], tookMs: null });
  });

  it('the control: where nothing ended, nothing is told', async () => {
    const random = seededRandom();
    await expect(death(random, () => undefined)).rejects.toThrow();
  });
});
