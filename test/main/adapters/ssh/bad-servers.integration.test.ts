import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import type { Ssh } from '../../../../main/engine/ports/ssh.ts';
import { root } from '../../../../scripts/project.mjs';
import { eventually } from '../../../support/eventually.ts';
import { type MisbehavingServer, rawServer, spoiledServer } from '../../../support/misbehaving-ssh-server.ts';
import { createRealClock } from '../../../support/real-clock.ts';
import { makeSshRig, type SshRig } from '../../../support/ssh-behaviours/ssh-rig.ts';
import {
  type Complaints,
  type MakeSsh,
  makeOurSsh,
  sshBehaviours,
  tryAll,
  tryBehaviour,
} from '../../../support/ssh-behaviours/try-behaviour.ts';

const limits = { shortMs: 1500, longMs: 20_000, keepaliveMs: 100 };
const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
let rig: SshRig;
let ssh: Ssh;
let clock: ReturnType<typeof createRealClock>;
const never = createStopSource().signal;

beforeAll(() => {
  rig = makeSshRig();
  clock = createRealClock();
  ssh = makeOurSsh(rig, clock, 20_000);
});
afterAll(async () => {
  await ssh.forget();
  rig.dispose();
});

describe('a server that', () => {
  const tried = sshBehaviours.filter((behaviour) => hasIpv6 || behaviour.kind !== 'check' || !behaviour.needsIpv6);
  let complaints: ReadonlyMap<string, Complaints>;
  // Most of them wait for nothing but their deadline, which they can do together.
  beforeAll(async () => {
    complaints = await tryAll(tried, 12, rig, limits);
  });

  it.each(tried.map(({ title, verdict }) => [title, verdict]))('%s: %s', (title) => {
    expect(complaints.get(title)).toEqual([]);
  });
});

it('the guide lists the same servers in the same order with the same verdicts', () => {
  const guide = readFileSync(path.join(root, 'docs/guides/ssh-checks.md'), 'utf8');
  const listed = [...guide.matchAll(/^(\d+)\. (.+): `([^`]+)`$/gm)].map(([, number, title, verdict]) => ({
    number: Number(number),
    title,
    verdict,
  }));
  expect(listed).toEqual(sshBehaviours.map(({ title, verdict }, index) => ({ number: index + 1, title, verdict })));
  expect(listed.length).toBeGreaterThanOrEqual(40);
});

describe('the control', () => {
  /** As little as can be written with ssh2: no deadline of its own, and nobody looks at the host key. */
  const makeCareless: MakeSsh = ({ clientKey }, realClock) => {
    const clients: ssh2.Client[] = [];
    return {
      ...makeOurSsh(rig, realClock, 20_000),
      check: ({ host, port, user }) =>
        new Promise((resolve) => {
          const client = new ssh2.Client();
          clients.push(client);
          const answer = (finding: 'ok' | 'closed', reason: string) => resolve({ finding, reason, durationMs: 0 });
          client.once('ready', () => answer('ok', 'It let us in.'));
          client.on('error', ({ message }) => answer('closed', message));
          client.connect({ host, port, username: user, privateKey: readFileSync(clientKey.file), readyTimeout: 0 });
        }),
      forget: async () => {
        for (const client of clients) client.destroy();
      },
    };
  };
  const meet = async (title: string) => {
    const behaviour = sshBehaviours.find((one) => one.title === title);
    if (behaviour === undefined) throw new Error(`There is no server that ${title}.`);
    return tryBehaviour(behaviour, rig, { ...limits, shortMs: 200, longMs: 2000 }, makeCareless);
  };

  it('a client without a deadline waits on, and is told from ours', async () => {
    expect(await meet('stalls after its greeting')).toEqual(['was not answered 1000 ms after its deadline of 200 ms']);
  });

  it('a client without a verifier tells a man in the middle who it is, and is told from ours', async () => {
    expect(await meet('shows the valid key of another host, as a man in the middle would')).toEqual(
      expect.arrayContaining(['found ok: It let us in.', 'was told about us without being trusted']),
    );
  });

  it('a client that takes each refusal for a machine that is down would heal it, and is told from ours', async () => {
    expect(await meet('wants a password')).toContain('would be healed');
  });
});

it('a server that opened no channel is asked anew by the next call', async () => {
  let silent = true;
  const server = await spoiledServer(rig.config(), (connection) => {
    if (silent) connection.on('session', () => {});
    else {
      connection.on('session', (accept) => {
        accept().on('exec', (take) => {
          const channel = take();
          channel.write('done');
          channel.exit(0);
          channel.end();
        });
      });
    }
  });
  const at = rig.target(server.port);
  await expect(ssh.run(at, 'anything', 700, never)).rejects.toMatchObject({ code: 'timeout' });
  silent = false;
  expect(await ssh.run(at, 'anything', 3000, never)).toMatchObject({ stdout: 'done', exitCode: 0 });
  await ssh.forget();
  await server.close();
});

describe('500 checks', () => {
  it('leave no socket and no timer, whatever they meet', async () => {
    const good = await spoiledServer(rig.config());
    const silent = await rawServer(() => {});
    const closing = await rawServer((socket) => socket.destroy());
    const resources = () => process.getActiveResourcesInfo().filter((name) => /TCP|Timeout/.test(name)).length;
    const before = resources();
    const at: readonly MisbehavingServer[] = [good, good, good, closing, silent];
    const findings = new Map<string, number>();
    for (let round = 0; round < 10; round++) {
      const checks = Array.from({ length: 50 }, (_, index) =>
        ssh.check(rig.target(at[index % at.length]?.port ?? 0), index % at.length === 4 ? 100 : 20_000, never),
      );
      for (const { finding } of await Promise.all(checks)) findings.set(finding, (findings.get(finding) ?? 0) + 1);
    }
    // On a busy computer the connection alone may take up the tenth of a second that the silent server is given.
    const silence = (findings.get('no-banner') ?? 0) + (findings.get('timeout') ?? 0);
    expect([findings.get('ok'), findings.get('closed'), silence]).toEqual([300, 100, 100]);
    await eventually('every server is alone', () => [good, silent, closing].every((one) => one.openSockets() === 0));
    expect(clock.waiting).toBe(0);
    expect(resources()).toBeLessThanOrEqual(before);
    await Promise.all([good, silent, closing].map((one) => one.close()));
  });
});
