import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ButtonReaction, buttonGuestIsReady, makeButtonGuest } from '../support/guests/button-guest.ts';
import { tinyLinux } from '../support/guests/tiny-linux.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { type StopSituation, stopSituations } from '../support/stop-situations.ts';
import { createStopWatcher, type StopVerdict, type WatchedStop } from '../support/watched-stop.ts';

/**
 * B8: real machines are stopped by the real provider while they obey, are deaf, panic, are held, frozen or gone. A stop
 * comes back in its time, never before the process is gone and the disk free, and names the rung that did it.
 */
const runs = Number(process.env.VIGIL_CHAOS_STOPS ?? 300);
const lanes = 6;
const random = seededRandom();

let images: string;
const imageOf = (guest: ButtonReaction) => path.join(images, `${guest.replaceAll(' ', '-')}.qcow2`);

beforeAll(() => {
  images = mkdtempSync('/tmp/vi-');
  for (const guest of ['powers off', 'powers off at the second press', 'panics', 'ignores it'] as const)
    makeButtonGuest(imageOf(guest), guest);
});
afterAll(() => rmSync(images, { recursive: true, force: true }));

function stopOf({ acpiMs, before, budgetMs, force, guest }: StopSituation): WatchedStop {
  const boot = guest === null ? {} : { image: imageOf(guest), ready: buttonGuestIsReady };
  return { ...boot, options: { force, acpiMs }, budgetMs, before };
}

/** Every situation by its share, shuffled. */
function draw(): StopSituation[] {
  const drawn = stopSituations.flatMap((situation) =>
    Array.from({ length: Math.max(1, Math.round((situation.share * runs) / 300)) }, () => situation),
  );
  for (let last = drawn.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    const [one, two] = [drawn[last], drawn[other]];
    if (one !== undefined && two !== undefined) [drawn[last], drawn[other]] = [two, one];
  }
  return drawn;
}

describe.concurrent(`a stop (B8, seed ${random.seed})`, () => {
  it('ends in its time, never early, and tells the rung that ended it, in every situation', async () => {
    const waiting = draw();
    const seen: { situation: StopSituation; verdict: StopVerdict }[] = [];
    const lane = async () => {
      const watcher = createStopWatcher();
      for (let situation = waiting.pop(); situation !== undefined; situation = waiting.pop())
        seen.push({ situation, verdict: await watcher.run(stopOf(situation)) });
      await watcher.end();
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    for (const situation of stopSituations) {
      const of = seen.filter((entry) => entry.situation === situation).map(({ verdict }) => verdict);
      const slowest = Math.max(...of.map(({ tookMs }) => tookMs));
      console.log(
        `B8: ${situation.name}: ${of.length} runs, ${situation.rung}, slowest ${slowest.toFixed(0)} of ${situation.budgetMs} ms`,
      );
    }
    console.log(`B8: R=${seen.length} M=0 seed=${random.seed}`);
    expect(
      seen.flatMap(({ situation, verdict }) => verdict.faults.map((fault) => `${situation.name}: ${fault}`)),
    ).toEqual([]);
    // Else a situation would not be what its name says.
    expect(seen.filter(({ situation, verdict }) => verdict.real !== situation.rung)).toEqual([]);
  });

  it('of a deaf guest at the default limits ends by quit after 30 s', async () => {
    const watcher = createStopWatcher();
    const verdict = await watcher.run({ options: { force: false, acpiMs: 30_000 }, budgetMs: 40_000 });
    await watcher.end();
    expect(verdict).toMatchObject({ told: 'quit', faults: [] });
    expect(verdict.tookMs).toBeGreaterThanOrEqual(30_000);
  });

  it.each([
    ['obeys', false, 'acpi', 60_000],
    ['ignores the power button', true, 'quit', 1000],
  ] as const)('of a Linux that %s', async (_what, ignoresPowerButton, rung, acpiMs) => {
    const { append, initrd, kernel } = await tinyLinux({ authorizedKey: 'ssh-ed25519 none', ignoresPowerButton });
    const watcher = createStopWatcher();
    const verdict = await watcher.run({
      config: { memoryMib: 192, kernel, initrd, append },
      ready: 'tiny linux is up',
      options: { force: false, acpiMs },
      budgetMs: acpiMs + 10_000,
    });
    await watcher.end();
    expect(verdict).toMatchObject({ told: rung, real: rung, faults: [] });
  });

  it('the control: a provider that takes every process for gone and every disk for free is caught', async () => {
    let blind = false;
    const watcher = createStopWatcher((processes) => ({
      ...processes,
      isAlive: (identity) => !blind && processes.isAlive(identity),
      // The lock is the second guard, and would hold it back.
      run: (...command) =>
        blind ? Promise.resolve({ exitCode: 0, signal: null, stdout: '', stderr: '' }) : processes.run(...command),
    }));
    const verdict = await watcher.run({
      options: { force: false, acpiMs: 300 },
      budgetMs: 10_000,
      before: async () => {
        blind = true;
      },
    });
    await watcher.end();
    expect(verdict.faults).toEqual([
      'it came back before the process was gone',
      expect.stringMatching(/before the disk was free/),
    ]);
  });
});
