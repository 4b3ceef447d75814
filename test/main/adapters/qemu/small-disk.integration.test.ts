import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const life = path.join(import.meta.dirname, 'small-disk-life.ts');
/** A file system of a few MiB that only the program sees; no root needed where user namespaces are allowed. */
const mayMount =
  process.platform === 'linux' && spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 't', '/mnt']).status === 0;

interface Attempt {
  readonly failure: { readonly code: string; readonly message: string } | null;
  readonly left: readonly string[];
}

it.skipIf(!mayMount)('where there is no room nothing is begun or left, and the disk is named', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vigil-small-'));
  try {
    const home = path.join(folder, 'home');
    mkdirSync(home);
    const script = 'mount -t tmpfs -o size=14m,mode=700 vigil-test "$1" && exec "$2" "$3" "$1" "$4"';
    const { stdout } = await promisify(execFile)(
      'unshare',
      ['-rm', 'sh', '-c', script, 'sh', home, process.execPath, life, path.join(folder, 'run')],
      { timeout: 100_000 },
    );
    const found = JSON.parse(stdout) as Record<'clone' | 'compact' | 'create' | 'linked', Attempt> & { reads: string };
    const noRoom = expect.stringMatching(/MiB are needed on the disk that holds .*, and \d+ MiB are free\./);
    expect(found.clone).toEqual({ failure: expect.objectContaining({ code: 'refused', message: noRoom }), left: [] });
    expect(found.compact).toEqual({ failure: expect.objectContaining({ code: 'refused', message: noRoom }), left: [] });
    const full = expect.stringMatching(
      /^The disk could not be made: the disk that holds .* is full\. Nothing was changed\.$/,
    );
    expect(found.create).toEqual({ failure: expect.objectContaining({ code: 'refused', message: full }), left: [] });
    expect(found.linked).toMatchObject({ failure: null });
    expect(found.reads).toContain('read 8388608/8388608');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it.runIf(!mayMount)('a disk without room: NOT TESTED here, this account may not mount a small file system', () => {
  console.warn('a disk without room: not tested, `unshare -rm mount` is refused on this computer');
});
