import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import {
  acquireEngineLock,
  type IdentifyProcess,
  type LivingProcess,
  readEngineLock,
} from '../../../../main/adapters/lock/engine-lock.ts';
import type { EngineLock } from '../../../../main/contract/engine-lock.ts';

const boot = 'boot-1';

function temporaryHome(): string {
  const home = mkdtempSync(path.join(tmpdir(), 'vigil-lock-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

function engine(pid: number, over: Partial<EngineLock> = {}): EngineLock {
  return {
    pid,
    startTime: pid * 10,
    bootId: boot,
    socket: `/run/${pid}.sock`,
    host: 'headless',
    version: '1',
    ...over,
  };
}

function living(...pids: readonly number[]): IdentifyProcess {
  const alive = new Map<number, LivingProcess>(pids.map((pid) => [pid, { startTime: pid * 10, bootId: boot }]));
  return (pid) => alive.get(pid) ?? null;
}

const lockFile = (home: string): string => path.join(home, 'engine.lock');

it('the first engine holds the home; the second is told who has it', async () => {
  const home = temporaryHome();
  const first = await acquireEngineLock({ home, self: engine(1), identify: living(1, 2) });
  expect(first.held).toBe(true);
  expect(await acquireEngineLock({ home, self: engine(2), identify: living(1, 2) })).toEqual({
    held: false,
    owner: engine(1),
  });
  expect(await readEngineLock(home)).toEqual(engine(1));
  expect((statSync(lockFile(home)).mode & 0o777).toString(8)).toBe('600');
  expect(readdirSync(home)).toEqual(['engine.lock']);
});

it('a released home is free, and releasing removes nobody else’s lock', async () => {
  const home = temporaryHome();
  const first = await acquireEngineLock({ home, self: engine(1), identify: living(1) });
  if (!first.held) throw new Error('not held');
  await first.release();
  expect(existsSync(lockFile(home))).toBe(false);
  const second = await acquireEngineLock({ home, self: engine(2), identify: living(2) });
  await first.release();
  expect([second.held, await readEngineLock(home)]).toEqual([true, engine(2)]);
});

it.each<[string, Partial<EngineLock>]>([
  ['a dead process', { pid: 99 }],
  ['another process with the same number', { pid: 1, startTime: 1 }],
  ['an earlier boot', { pid: 1, startTime: 10, bootId: 'boot-0' }],
])('the lock of %s is taken over', async (_, over) => {
  const home = temporaryHome();
  writeFileSync(lockFile(home), JSON.stringify(engine(99, over)));
  const result = await acquireEngineLock({ home, self: engine(2), identify: living(1, 2) });
  expect([result.held, await readEngineLock(home), readdirSync(home)]).toEqual([true, engine(2), ['engine.lock']]);
});

it.each(['', '{"pid":', 'null', '{"pid":-1}', '\u0000\u0000'])(
  'a lock that reads %j is left alone while it is young and replaced when it is old',
  async (text) => {
    const home = temporaryHome();
    writeFileSync(lockFile(home), text);
    const old = new Date(Date.now() - 60_000);
    utimesSync(lockFile(home), old, old);
    expect((await acquireEngineLock({ home, self: engine(2), identify: living(2) })).held).toBe(true);
  },
);

it('a young lock that cannot be read is a conflict, not a prey', async () => {
  const home = temporaryHome();
  writeFileSync(lockFile(home), '{"pid":');
  const ahead = new Date(Date.now() + 60_000);
  utimesSync(lockFile(home), ahead, ahead);
  await expect(acquireEngineLock({ home, self: engine(2), identify: living(2) })).rejects.toMatchObject({
    code: 'conflict',
  });
  expect(readFileSync(lockFile(home), 'utf8')).toBe('{"pid":');
});

it('who decides on old knowledge does not take away the lock of who was faster', async () => {
  const home = temporaryHome();
  writeFileSync(lockFile(home), JSON.stringify(engine(99)));
  let faster: boolean | null = null;
  const result = await acquireEngineLock({
    home,
    self: engine(1),
    // The slow one looks whether the old owner lives; meanwhile another engine takes the home over, whole.
    identify: async (pid) => {
      if (pid === 99 && faster === null) {
        faster = false;
        faster = (await acquireEngineLock({ home, self: engine(2), identify: living(1, 2) })).held;
      }
      return living(1, 2)(pid);
    },
  });
  expect([faster, result, await readEngineLock(home)]).toEqual([true, { held: false, owner: engine(2) }, engine(2)]);
});

it('control: removing the stale lock and making a new one gives the home to both in the same case', async () => {
  const home = temporaryHome();
  writeFileSync(lockFile(home), JSON.stringify(engine(99)));
  const naive = async (self: EngineLock, looking: () => Promise<void>): Promise<boolean> => {
    const owner: EngineLock = JSON.parse(readFileSync(lockFile(home), 'utf8'));
    await looking();
    if (owner.pid !== 99) return false;
    rmSync(lockFile(home));
    writeFileSync(lockFile(home), JSON.stringify(self), { flag: 'wx' });
    return true;
  };
  let faster = false;
  const slower = await naive(engine(1), async () => {
    faster = await naive(engine(2), async () => {});
  });
  expect([faster, slower]).toEqual([true, true]);
});

it('who died while taking over a stale lock is itself replaced', async () => {
  const home = temporaryHome();
  const stale = JSON.stringify(engine(99));
  writeFileSync(lockFile(home), stale);
  // Found out by letting one die: it throws where it would have gone on.
  await expect(
    acquireEngineLock({
      home,
      self: engine(98),
      identify: (pid) => {
        if (pid === 99) writeFileSync(`${lockFile(home)}.after-${hashOf(stale)}`, JSON.stringify(engine(97)));
        if (pid === 97) throw new Error('killed here');
        return null;
      },
    }),
  ).rejects.toThrow('killed here');
  const result = await acquireEngineLock({ home, self: engine(2), identify: living(2) });
  expect([result.held, await readEngineLock(home), readdirSync(home)]).toEqual([true, engine(2), ['engine.lock']]);
});

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
