import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WatchStatus } from '../../../main/contract/lifecycle.ts';
import type { HealthStatus, Machine } from '../../../main/contract/machine.ts';
import { runCliProcess } from '../../support/cli-process.ts';
import { eventually } from '../../support/eventually.ts';
import { type Sshd, startSshd } from '../../support/sshd.ts';

/** The command line, a headless engine and a real sshd on loopback. */

let folder: string;
let home: string;
let sshd: Sshd;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vigil-watch-'));
  home = path.join(folder, 'home');
  sshd = await startSshd();
});
afterEach(async () => {
  await vigil('lifecycle', 'daemon', 'stop');
  await sshd.dispose();
  await rm(folder, { recursive: true, force: true });
});

const vigil = (...args: string[]) => runCliProcess(home, args);
const addHost = () => {
  const access = ['--port', String(sshd.port), '--key', sshd.clientKey.file, '--trust-on-first-use'];
  return vigil('host', 'add', 'pi', '--address', '127.0.0.1', ...access);
};
type Status = Machine & { readonly lifecycle: WatchStatus | null };
const statusWith = (health: HealthStatus): Promise<Status> =>
  eventually(
    `a host that is ${health}`,
    async () => {
      const found: Status = JSON.parse((await vigil('status', 'pi', '--json')).stdout);
      return found.health.status === health && found;
    },
    40_000,
  );

test('a host is watched from the moment it is added; its sshd stopped, it is down after three checks and well again after one', async () => {
  const added = await addHost();
  expect(added).toMatchObject({ exitCode: 0, stdout: "Host 'pi' added\n" });
  await vigil('lifecycle', 'enable', 'pi', '--interval', '5', '--timeout', '3');
  await statusWith('healthy');
  expect((await vigil('list')).stdout).toContain('Healthy ✓');

  await sshd.stop();
  const down = await statusWith('unhealthy');
  expect(down).toMatchObject({
    provider: 'ssh',
    health: { sshFailures: 3, sshReachable: false, method: 'ssh' },
    lifecycle: { enabled: true, sshThreshold: 3 },
  });
  expect((await vigil('list')).stdout).toContain('Unhealthy (SSH down) ✗');
  expect((await vigil('status', 'pi')).stdout).toMatch(/Lifecycle Monitoring[\s\S]*SSH Failures:\s+3\/3/);

  await sshd.start();
  await statusWith('healthy');
  const story = JSON.parse((await vigil('history', '--vm', 'pi', '--json')).stdout) as {
    action: string;
    summary: string;
  }[];
  expect(story.map(({ action }) => action)).toEqual([
    'health.changed',
    'health.changed',
    // Nobody armed it: that it is not healed is said once.
    'healing.refused',
    'watch.changed',
    'host.added',
  ]);
});

test('a host key that changed is a matter of security, never down', async () => {
  await addHost();
  await statusWith('healthy');
  await vigil('lifecycle', 'enable', 'pi', '--interval', '5');
  await sshd.changeHostKey();
  const changed = await statusWith('degraded');
  expect(changed.health).toMatchObject({ sshFailures: 0, reason: expect.stringMatching(/^Security: /) });
});

test('what is wrong is named by its flag and leaves nothing behind', async () => {
  expect(await vigil('host', 'add', 'pi', '--address', 'not an address')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('--address'),
  });
  expect(await vigil('host', 'add', 'pi')).toMatchObject({ exitCode: 2 });
  expect(await vigil('lifecycle', 'enable', 'nobody')).toMatchObject({ exitCode: 1 });
  expect(JSON.parse((await vigil('list', '--json')).stdout)).toEqual([]);
});
