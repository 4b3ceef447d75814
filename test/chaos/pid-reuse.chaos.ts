import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/project.mjs';
import { runInPidNamespace, whyNoPidNamespace } from '../support/own-pid-namespace.ts';
import type { PidReuseReport } from '../support/pid-reuse-rounds.ts';
import { seededRandom } from '../support/seeded-random.ts';

/**
 * B7: a process number is given to somebody else right after its owner died. Whoever then means the owner, with the real
 * process table or the real provider, must not reach the victim: a stranger, or another QEMU of ours.
 */
const rounds = Number(process.env.VIGIL_CHAOS_PID_ROUNDS ?? 470);
const machineRounds = Number(process.env.VIGIL_CHAOS_PID_MACHINES ?? 30);
const { seed } = seededRandom();
const obstacle = whyNoPidNamespace();

async function run(tableRounds: number, machines: number, guard: 'identity' | 'program'): Promise<PidReuseReport> {
  const script = path.join(root, 'test/support/pid-reuse-rounds.ts');
  const args = [tableRounds, machines, seed, guard].map(String);
  return JSON.parse(await runInPidNamespace(script, args, 5 * 60_000));
}

if (obstacle !== null) {
  // Red, not skipped: a suite that cannot look must not be taken for one that found nothing.
  it(`B7 CANNOT BE SHOWN HERE: no pid namespace of our own (${obstacle})`, () => {
    expect.fail('Run it where `unshare --user --map-root-user --pid --fork --mount-proc` is allowed, or as root.');
  });
} else {
  describe(`a process number that went to somebody else (B7, seed ${seed})`, () => {
    it(`is not signalled in any of ${rounds + machineRounds} forced cases`, async () => {
      const report = await run(rounds, machineRounds, 'identity');
      console.log(
        `B7: R=${rounds + machineRounds} (${machineRounds} with QEMU) M=0 seed=${seed}; same number and same program ${report.alike}, numbers forced again ${report.forcedAgain}`,
      );
      expect(report).toMatchObject({ killed: [], untrue: [] });
      // The strangers run another program than the machine whose number they got.
      expect(report.alike).toBeGreaterThanOrEqual(rounds + Math.floor((machineRounds * 2) / 3));
    });

    it('the control: who compares number and program signals the victim every time', async () => {
      const report = await run(20, 0, 'program');
      expect(report.killed).toHaveLength(20);
      expect(report.untrue).toHaveLength(20);
    });

    it('the control: a provider that knows processes by number ends its other machine in mid-stop', async () => {
      const report = await run(0, 3, 'program');
      expect(report.killed).toEqual(['machine round 2 (sibling in mid-stop)']);
      expect(report.untrue.length).toBeGreaterThanOrEqual(3);
    });
  });
}
