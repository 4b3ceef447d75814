import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeFileDurably } from '../../../../main/adapters/files/write-file-durably.ts';
import type { Seal } from '../../../../main/adapters/secrets/seal.ts';
import { createSealedFiles } from '../../../../main/adapters/secrets/sealed-files.ts';
import type { Vault } from '../../../../main/engine/ports/vault.ts';

const canary = 'canary-7f21';
let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'vigil-sealed-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** Turns every bit over, and knows only what was closed with its own key. */
function sealWith(key: number, over: Partial<Seal> = {}): Seal {
  return {
    store: () => 'kwallet6',
    refusal: () => Promise.resolve(null),
    close: (text) =>
      Promise.resolve(Uint8Array.from([key, ...Buffer.from(text)], (byte, at) => (at === 0 ? byte : ~byte))),
    open: (sealed) =>
      sealed[0] === key
        ? Promise.resolve(Buffer.from(sealed.subarray(1).map((byte) => ~byte)).toString('utf8'))
        : Promise.reject(new Error(`${canary} does not fit`)),
    ...over,
  };
}
const folder = () => path.join(home, 'secrets');
const file = () => path.join(folder(), 'azure-account.json');
const vaultOf = (seal: Seal | null): Vault =>
  createSealedFiles({ folder: folder(), seal, writeFile: writeFileDurably });

it('gives back what was kept, also to the next life, in files that nobody else may read and that do not hold it', async () => {
  const vault = vaultOf(sealWith(1));
  expect(await vault.read('azure-account')).toBeNull();
  await vault.write('azure-account', canary);
  expect(await vaultOf(sealWith(1)).read('azure-account')).toBe(canary);
  const written = await readFile(file(), 'utf8');
  expect(written).not.toContain(canary);
  expect(Buffer.from(written, 'base64').includes(canary)).toBe(false);
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  expect((await stat(folder())).mode & 0o777).toBe(0o700);
  expect(await readdir(folder())).toEqual(['azure-account.json']);
});

it('forgets one and no other, also one that cannot be opened', async () => {
  const vault = vaultOf(sealWith(1));
  await vault.write('azure-account', canary);
  await vault.write('channel-mail-password', 'other');
  expect(await vaultOf(null).forget('azure-account')).toBe(true);
  expect(await vault.forget('azure-account')).toBe(false);
  expect(await vault.read('azure-account')).toBeNull();
  expect(await vault.read('channel-mail-password')).toBe('other');
});

it('the last word of two at once stays', async () => {
  const vault = vaultOf(sealWith(1));
  await Promise.all(['one', 'two', 'three'].map((text) => vault.write('azure-account', text)));
  expect(await vault.read('azure-account')).toBe('three');
});

it.each([
  ['there is no app', null],
  [
    'the desktop has no store',
    sealWith(1, { refusal: () => Promise.resolve({ message: 'None here.', hint: 'Get one.' }) }),
  ],
  ['the store does not answer', sealWith(1, { refusal: () => Promise.reject(new Error('no')) })],
  ['the store fails in the midst', sealWith(1, { close: () => Promise.reject(new Error(`no ${canary}`)) })],
])('writes nothing at all where %s, and says why', async (_why, seal) => {
  const refused = await vaultOf(seal)
    .write('azure-account', canary)
    .catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'refused' });
  expect(JSON.stringify(refused) + String(refused)).not.toContain(canary);
  expect(await readdir(home)).toEqual([]);
});

it('says by a sentence why one cannot be opened, and leaves it as it is', async () => {
  await vaultOf(sealWith(1)).write('azure-account', canary);
  const before = await readFile(file(), 'utf8');
  const cases: readonly (readonly [Seal | null, RegExp])[] = [
    [null, /only the app can open it/],
    [sealWith(2), /the key of this desktop does not fit/],
    [sealWith(1, { store: () => 'gnome_libsecret' }), /the store kwallet6 closed it/],
    [sealWith(1, { refusal: () => Promise.resolve({ message: 'It is locked.', hint: 'Unlock.' }) }), /It is locked/],
  ];
  for (const [seal, words] of cases) {
    const refused = await vaultOf(seal)
      .read('azure-account')
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'refused', message: expect.stringMatching(words) });
    expect(String(refused)).not.toContain(canary);
  }
  expect(await readFile(file(), 'utf8')).toBe(before);
});

it.each(['', '{', '{"version":2}', '{"version":1,"store":"kwallet6","sealed":"AAAA","more":1}', '[]', '\0'])(
  'a damaged file %j is said and replaced by the next secret',
  async (text) => {
    const vault = vaultOf(sealWith(1));
    await vault.write('azure-account', canary);
    await writeFile(file(), text);
    await expect(vault.read('azure-account')).rejects.toMatchObject({ code: 'refused' });
    await vault.write('azure-account', 'again');
    expect(await vault.read('azure-account')).toBe('again');
  },
);

it('closes a file that others may read', async () => {
  const vault = vaultOf(sealWith(1));
  await vault.write('azure-account', canary);
  await chmod(file(), 0o644);
  expect(await vault.read('azure-account')).toBe(canary);
  expect((await stat(file())).mode & 0o777).toBe(0o600);
});

it('takes no name that leads out of its folder and no text without end', async () => {
  const vault = vaultOf(sealWith(1));
  for (const name of ['', '../settings', 'a/b', 'A', '.x', 'a'.repeat(65)])
    await expect((async () => vault.write(name, canary))()).rejects.toMatchObject({ code: 'bad-input' });
  await expect(vault.write('azure-account', 'x'.repeat(1024 * 1024 + 1))).rejects.toMatchObject({ code: 'bad-input' });
  expect(await readdir(home)).toEqual([]);
});
