import { chmod, chown, lchown, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { examineScript } from '../../../../main/adapters/hooks/script-gate.ts';

/** The layouts of B34: each is one way a file can lie, and what the gate must say of it. */

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'vigil-gate-')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const other = 12_345;
const isRoot = process.getuid?.() === 0;
const notTested = isRoot ? '' : ': NOT TESTED here, it takes root';

async function script(name = 'hook.sh', mode = 0o700): Promise<string> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, '#!/bin/sh\nexit 0\n');
  await chmod(file, mode);
  return file;
}

type Layout = readonly [name: string, make: () => Promise<string>, says: RegExp | 'sound'];

const layouts: readonly Layout[] = [
  ['a script of ours, 0700', () => script(), 'sound'],
  ['0755: others may read and run it', () => script('hook.sh', 0o755), 'sound'],
  ['0500: not even we may change it', () => script('hook.sh', 0o500), 'sound'],
  ['a name with spaces and quotes', () => script(`a "b' c.sh`), 'sound'],
  ['a name that begins with a dash', () => script('-rf'), 'sound'],
  ['deep in folders of ours', () => script('a/b/c/hook.sh'), 'sound'],
  ['below /tmp, which is sticky and of root', () => script(), 'sound'],
  ['0600: not executable', () => script('hook.sh', 0o600), /not executable.*chmod u\+x/],
  ['0720: the group may write', () => script('hook.sh', 0o720), /Others may change .*hook\.sh/],
  ['0702: everybody may write', () => script('hook.sh', 0o702), /Others may change .*hook\.sh/],
  ['setuid', () => script('hook.sh', 0o4700), /another's rights/],
  ['setgid', () => script('hook.sh', 0o2700), /another's rights/],
  ['not there', async () => path.join(folder, 'none.sh'), /is not there/],
  ['a relative path', async () => 'hook.sh', /not an absolute path/],
  ['a path with ..', async () => `${folder}/x/../hook.sh`, /not in its plain form/],
  ['a path through a file', async () => path.join(await script(), 'below'), /not a folder/],
  ['a folder', async () => folder, /not a regular file/],
  ['a device', async () => '/dev/null', /not a regular file/],
  ['a batch file', () => script('hook.cmd'), /batch file/],
  [
    'empty',
    async () => {
      const file = await script();
      await writeFile(file, '');
      return file;
    },
    /is empty/,
  ],
  [
    'larger than 1 MiB',
    async () => {
      const file = await script();
      await writeFile(file, Buffer.alloc(1024 * 1024 + 1));
      return file;
    },
    /larger than 1 MiB/,
  ],
  [
    'a folder that the group may write',
    async () => {
      const file = await script('shared/hook.sh');
      await chmod(path.dirname(file), 0o770);
      return file;
    },
    /Others may change the folder .*shared/,
  ],
  [
    'a folder far above that everybody may write',
    async () => {
      const file = await script('open/a/b/hook.sh');
      await chmod(path.join(folder, 'open'), 0o777);
      return file;
    },
    /Others may change the folder .*open/,
  ],
  [
    'a link to a sound script',
    async () => {
      const link = path.join(folder, 'link.sh');
      await symlink(await script('real/hook.sh'), link);
      return link;
    },
    'sound',
  ],
  [
    'a link to a script that others may write',
    async () => {
      const link = path.join(folder, 'link.sh');
      await symlink(await script('real/hook.sh', 0o722), link);
      return link;
    },
    /Others may change .*real\/hook\.sh/,
  ],
  [
    'a link into a folder that others may write',
    async () => {
      const link = path.join(folder, 'link.sh');
      await symlink(await script('real/hook.sh'), link);
      await chmod(path.join(folder, 'real'), 0o777);
      return link;
    },
    /leads to .*Others may change the folder/,
  ],
  [
    'a link to nothing',
    async () => {
      const link = path.join(folder, 'link.sh');
      await symlink(path.join(folder, 'none'), link);
      return link;
    },
    /is not there/,
  ],
  [
    'a link to itself',
    async () => {
      const link = path.join(folder, 'link.sh');
      await symlink(link, link);
      return link;
    },
    /leads nowhere/,
  ],
];

const layoutsOfOthers: readonly Layout[] = [
  [
    'a script of another user',
    async () => {
      const file = await script();
      await chown(file, other, other);
      return file;
    },
    /belongs to another user/,
  ],
  [
    'a folder of another user',
    async () => {
      const file = await script('theirs/hook.sh');
      await chown(path.dirname(file), other, other);
      return file;
    },
    /folder .*theirs belongs to another user/,
  ],
  [
    "another user's link in place of a folder",
    async () => {
      const file = await script('real/hook.sh');
      const link = path.join(folder, 'through');
      await symlink(path.dirname(file), link);
      await lchown(link, other, other);
      return path.join(link, 'hook.sh');
    },
    /folder .*through belongs to another user/,
  ],
];

async function check(make: () => Promise<string>, says: RegExp | 'sound'): Promise<void> {
  const answer = await examineScript(await make());
  if (says === 'sound')
    expect(answer).toMatchObject({ kind: 'sound', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  else expect(answer).toMatchObject({ kind: 'refused', reason: expect.stringMatching(says) });
}

test.each(layouts)('%s', (_, make, says) => check(make, says));
test.skipIf(!isRoot).each(layoutsOfOthers)(`%s${notTested}`, (_, make, says) => check(make, says));
