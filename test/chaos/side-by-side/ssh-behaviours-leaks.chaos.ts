import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SshTarget } from '../../../main/engine/ports/ssh.ts';
import { root } from '../../../scripts/project.mjs';
import { giveWay } from '../../support/give-way.ts';
import { rawServer } from '../../support/misbehaving-ssh-server.ts';
import type { LeakReport, LeakRounds } from '../../support/ssh-behaviours/leak-rounds.ts';
import { makeSshRig, type SshRig } from '../../support/ssh-behaviours/ssh-rig.ts';
import { type Sshd, startSshd } from '../../support/sshd.ts';

/** B35: thousands of connections must leave nothing. Nothing of it is about deadlines. */
const handshakes = Number(process.env.VIGIL_CHAOS_SSH_HANDSHAKES ?? 2000);
const accepts = Number(process.env.VIGIL_CHAOS_SSH_ACCEPTS ?? 100_000);
const flatMiB = 10;
const heapMiB = 2;

giveWay();

let rig: SshRig;
beforeAll(() => {
  rig = makeSshRig();
});
afterAll(() => rig.dispose());

describe('what thousands of connections leave (B35)', () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd(['LogLevel ERROR']);
  });
  afterAll(() => sshd.dispose());
  /** The host key of an sshd of the test is not the rig's: it is taken on first use, and then known. */
  const sshdTarget = (): SshTarget => ({
    ...rig.target(sshd.port),
    user: sshd.user,
    keyFile: sshd.clientKey.file,
    hostKeyAlias: 'real-sshd',
    trustOnFirstUse: true,
  });

  it(`${handshakes} handshakes with a real sshd leave no socket, no timer and no memory`, async () => {
    const report = await leakRounds({ target: sshdTarget(), warmUp: 1000, rounds: handshakes, atOnce: 4 });
    console.log(
      `B35: ${handshakes} handshakes grew by ${report.grownMiB.toFixed(1)} MiB, the heap by ${report.heapGrownMiB.toFixed(1)}`,
    );
    expect(report).toMatchObject({ findings: { ok: handshakes + 1000 }, handlesLeft: 0, timersLeft: 0 });
    expect(Math.abs(report.grownMiB)).toBeLessThanOrEqual(flatMiB);
    expect(report.heapGrownMiB).toBeLessThanOrEqual(heapMiB);
  });

  it(`${accepts} connections that are closed at the banner leave no socket, no timer and no memory`, async () => {
    const server = await rawServer((socket) => socket.end('SSH-2.0-Nothing\r\n'));
    const target = rig.target(server.port);
    const report = await leakRounds({ target, warmUp: 10_000, rounds: accepts, atOnce: 16 });
    console.log(
      `B35: ${accepts} accepts closed at the banner grew by ${report.grownMiB.toFixed(1)} MiB, the heap by ${report.heapGrownMiB.toFixed(1)}`,
    );
    expect(report).toMatchObject({ findings: { closed: accepts + 10_000 }, handlesLeft: 0, timersLeft: 0 });
    expect(Math.abs(report.grownMiB)).toBeLessThanOrEqual(flatMiB);
    expect(report.heapGrownMiB).toBeLessThanOrEqual(heapMiB);
    expect(server.openSockets()).toBe(0);
    await server.close();
  });

  it('the control: a client that ends nothing is caught with every connection it made', async () => {
    const control = { warmUp: 5, rounds: 60, atOnce: 4, client: 'ends-nothing' } as const;
    const report = await leakRounds({ target: sshdTarget(), ...control });
    expect(report.handlesLeft).toBeGreaterThanOrEqual(60);
  });

  async function leakRounds(
    rounds: Pick<LeakRounds, 'target' | 'warmUp' | 'rounds' | 'atOnce'> & Partial<LeakRounds>,
  ): Promise<LeakReport> {
    const script = path.join(root, 'test/support/ssh-behaviours/leak-rounds.ts');
    const asked: LeakRounds = { folder: rig.folder, knownHosts: rig.knownHosts, client: 'ours', ...rounds };
    // Left to itself the young generation takes some 60 MiB in steps, however little lives in it: that would hide a leak.
    const args = ['--expose-gc', '--max-semi-space-size=4', script, JSON.stringify(asked)];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      timeout: 15 * 60_000,
      killSignal: 'SIGKILL',
    });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as LeakReport;
  }
});
