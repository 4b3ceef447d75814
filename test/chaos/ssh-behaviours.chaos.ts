import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { makeSshRig, type SshRig } from '../support/ssh-behaviours/ssh-rig.ts';
import { type SshLimits, sshBehaviours, tryAll } from '../support/ssh-behaviours/try-behaviour.ts';

/** B35: every server of docs/guides/ssh-checks.md, again and again. What thousands of connections leave is asked side by side. */
const times = Number(process.env.VIGIL_CHAOS_SSH_TIMES ?? 25);
const atOnce = 12;

const shortened: SshLimits = { shortMs: 1500, longMs: 30_000, keepaliveMs: 100 };
/** What a machine is watched with unless somebody says otherwise. */
const usual: SshLimits = { shortMs: 30_000, longMs: 30_000, keepaliveMs: 20_000 };
const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
const behaviours = sshBehaviours.filter((one) => hasIpv6 || one.kind !== 'check' || !one.needsIpv6);

async function withRig(work: (rig: SshRig) => Promise<void>): Promise<void> {
  const rig = makeSshRig();
  await work(rig).finally(() => rig.dispose());
}

// Both wait for deadlines nearly all of the time.
describe('the SSH servers of the guide (B35)', { concurrent: true }, () => {
  it(`are each met ${times} times with short deadlines, and every verdict is right`, async () => {
    const wrong: string[] = [];
    await withRig(async (rig) => {
      for (let round = 1; round <= times; round += 1) {
        for (const [title, complaints] of await tryAll(behaviours, atOnce, rig, shortened)) {
          wrong.push(...complaints.map((complaint) => `round ${round}, ${title}: ${complaint}`));
        }
      }
    });
    console.log(
      `B35: ${behaviours.length} behaviours, R=${behaviours.length * times} M=${wrong.length}${hasIpv6 ? '' : '; WITHOUT IPv6, which this computer lacks'}`,
    );
    expect(wrong).toEqual([]);
  });

  it('are each met once with the deadline a machine is watched with', async () => {
    const wrong: string[] = [];
    await withRig(async (rig) => {
      for (const [title, complaints] of await tryAll(behaviours, behaviours.length, rig, usual)) {
        wrong.push(...complaints.map((complaint) => `${title}: ${complaint}`));
      }
    });
    console.log(`B35: at the usual deadline of ${usual.shortMs / 1000} s R=${behaviours.length} M=${wrong.length}`);
    expect(wrong).toEqual([]);
  });
});
