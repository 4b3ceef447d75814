import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { migrationsFolder, temporaryHome } from './state-samples.ts';

const life = fileURLToPath(new URL('./full-disk-life.ts', import.meta.url));
/** A file system of a few MiB that only the program sees; no root needed where user namespaces are allowed. */
const mayMount =
  process.platform === 'linux' && spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 't', '/mnt']).status === 0;

async function liveOnSmallDisk(mib: number): Promise<Record<string, unknown>> {
  const home = path.join(temporaryHome(), 'disk');
  mkdirSync(home);
  const script = `mount -t tmpfs -o size=${mib}m,mode=700 vigil-test "$1" && exec "$2" "$3" "$1" "$4"`;
  const { stdout } = await promisify(execFile)(
    'unshare',
    ['-rm', 'sh', '-c', script, 'sh', home, process.execPath, life, migrationsFolder],
    { timeout: 50_000 },
  );
  return JSON.parse(stdout);
}

it.skipIf(!mayMount)(
  'on a full disk the reserve carries the next commits, then they are refused in words, and all goes on when there is room',
  async () => {
    const seen = await liveOnSmallDisk(12);
    const refused = {
      code: 'refused',
      message: expect.stringMatching(/^The disk that holds .*disk is full \(\d+ bytes free\); nothing was changed\.$/),
      hint: expect.stringContaining('Free some space'),
    };
    expect(seen).toMatchObject({
      hadReserve: true,
      firstOnFullDisk: null,
      reserveWhileFull: false,
      refusal: refused,
      stillRefused: refused,
      afterRoom: null,
      reserveAfterRoom: true,
      restored: null,
    });
    expect(seen.onReserve).toBeGreaterThan(5);
    expect(seen.readable).toEqual(seen.beforeRecovery);
    expect(seen.openedWhileFull).toBe(Math.max(...(seen.beforeRecovery as number[])));
    expect(seen.found).toEqual(seen.acknowledged);
  },
);

it.runIf(!mayMount)('full disk: NOT TESTED here, this account may not mount a small file system', () => {
  console.warn('full disk: not tested, `unshare -rm mount` is refused on this computer');
});
