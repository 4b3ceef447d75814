import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProcesses } from '../../../../main/adapters/processes/processes.ts';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import type { ProcessIdentity } from '../../../../main/engine/ports/processes.ts';
import { eventually } from '../../../support/eventually.ts';

const processes = createProcesses();
let folder = '';
beforeEach(() => {
  folder = mkdtempSync('/tmp/vp-');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const detached = (program: string, args: readonly string[]) =>
  processes.spawnDetached(program, args, { logFile: path.join(folder, 'log'), folder, unit: 'vigil-test' });

function identityOf(pid: number | undefined): ProcessIdentity {
  const found = processes.identify(pid ?? 0);
  if (found === null) throw new Error(`No process ${pid}.`);
  return found;
}

describe('a signal', () => {
  it('reaches the process that is meant', async () => {
    const child = await detached('sleep', ['60']);
    expect(processes.signal(child.identity, 'SIGKILL')).toBe('sent');
    expect(await child.exited).toEqual({ exitCode: null, signal: 'SIGKILL' });
    expect(processes.signal(child.identity, 'SIGKILL')).toBe('gone');
  });

  it('never reaches one that merely has the same number', async () => {
    const child = await detached('sleep', ['60']);
    const { identity } = child;
    for (const other of [
      { ...identity, startTime: identity.startTime - 1 },
      { ...identity, bootId: '00000000-0000-4000-8000-000000000000' },
    ]) {
      expect(processes.isAlive(other)).toBe(false);
      expect(processes.signal(other, 'SIGKILL')).toBe('gone');
      expect(processes.isAlive(identity)).toBe(true);
    }
    processes.signal(identity, 'SIGKILL');
    await child.exited;
  });

  it.each([-1, 0, 1, 1.5, Number.NaN])('to %d is refused', (pid) => {
    const identity = { pid, startTime: 0, bootId: '' };
    expect(() => processes.signal(identity, 'SIGTERM')).toThrow(/none that Vigil may signal/);
  });
});

it('a process that only waits to be collected does not live', async () => {
  // The shell becomes a sleep that never collects the child it started before.
  const parent = spawn('sh', ['-c', 'sleep 0.01 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))));
    await eventually('it is a zombie', () => / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
    expect(processes.identify(pid)).toBeNull();
  } finally {
    parent.kill('SIGKILL');
  }
});

describe('a detached program', () => {
  it('has a session of its own, a private log and nothing of ours', async () => {
    const held = openSync(path.join(folder, 'held'), 'w');
    process.env.ELECTRON_RUN_AS_NODE = '1';
    process.env.VIGIL_TEST_SECRET = 'secret';
    try {
      const child = await detached('sh', ['-c', 'env; ls -l /proc/self/fd; cut -d" " -f6 /proc/$$/stat; echo $$']);
      expect(await child.exited).toEqual({ exitCode: 0, signal: null });
      const said = readFileSync(path.join(folder, 'log'), 'utf8');
      expect(said).not.toMatch(/ELECTRON_|NODE_|npm_|VITEST|secret/);
      expect(said).not.toContain(path.join(folder, 'held'));
      expect(said).toMatch(/^PATH=/m);
      expect(said.trim().split('\n').slice(-2)).toEqual([String(child.identity.pid), String(child.identity.pid)]);
      expect(statSync(path.join(folder, 'log')).mode & 0o777).toBe(0o600);
      expect(held).toBeGreaterThan(0);
    } finally {
      delete process.env.ELECTRON_RUN_AS_NODE;
      delete process.env.VIGIL_TEST_SECRET;
    }
  });

  it('that is not there is refused', async () => {
    await expect(detached('/nonexistent/program', [])).rejects.toMatchObject({ code: 'refused' });
  });

  it('is listed with its arguments as they were given', async () => {
    const child = await detached('sleep', ['60']);
    expect((await processes.list()).filter(({ identity }) => identity.pid === child.identity.pid)).toEqual([
      { identity: child.identity, argv: ['sleep', '60'] },
    ]);
    expect(processes.ageMs(child.identity)).toBeLessThan(60_000);
    processes.signal(child.identity, 'SIGKILL');
    await child.exited;
  });
});

describe('a command', () => {
  it('tells both its streams and how it ended', async () => {
    const result = await processes.run('sh', ['-c', 'echo out; echo err >&2; exit 3'], { timeoutMs: 10_000 });
    expect(result).toEqual({ exitCode: 3, signal: null, stdout: 'out\n', stderr: 'err\n' });
  });

  it('gets its arguments whole: no shell reads them', async () => {
    const hostile = ['$(touch pwned)', '`id`', '; echo x', '"', "'", 'a b', '*'];
    const result = await processes.run('printf', ['%s\n', ...hostile], { timeoutMs: 10_000 });
    expect(result.stdout).toBe(`${hostile.join('\n')}\n`);
  });

  it('keeps head and tail of a flood', async () => {
    const result = await processes.run('sh', ['-c', 'echo first; yes | head -c 5000000; echo last'], {
      timeoutMs: 20_000,
      maxOutputBytes: 1000,
    });
    expect(result.stdout.length).toBeLessThan(1200);
    expect(result.stdout).toMatch(/^first\n.*bytes left out.*last\n$/s);
  });

  it.each(['timeout', 'cancelled'] as const)('ends with its whole family: %s', async (code) => {
    const source = createStopSource();
    const pidFile = path.join(folder, 'pid');
    const running = processes.run('sh', ['-c', `sleep 60 & echo $! > ${pidFile}; wait`], {
      timeoutMs: code === 'timeout' ? 500 : 60_000,
      signal: source.signal,
    });
    const failure = expect(running).rejects.toMatchObject({ code });
    await eventually('the child is there', () => {
      try {
        return readFileSync(pidFile, 'utf8') !== '';
      } catch {
        return false;
      }
    });
    const pid = Number(readFileSync(pidFile, 'utf8'));
    const child = identityOf(pid);
    if (code === 'cancelled') source.stop('enough');
    await failure;
    await eventually('the child is gone', () => !processes.isAlive(child));
  });

  it('is not held up by a child that keeps its output open', async () => {
    const begun = performance.now();
    const result = await processes.run('sh', ['-c', 'sleep 60 & echo done'], { timeoutMs: 30_000 });
    expect(result.stdout).toBe('done\n');
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  it('that is not installed says so', async () => {
    await expect(processes.run('no-such-program', [], { timeoutMs: 1000 })).rejects.toMatchObject({
      code: 'not-found',
      message: 'no-such-program is not installed.',
    });
  });
});
