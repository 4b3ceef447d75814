import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insideCommand, readInsideReport } from '../../../../main/engine/health/inside-report.ts';

const answer = [
  '=vigil= boot',
  '3f0c2a9e-0000-4000-8000-000000000001',
  '=vigil= unit web.service',
  'Type=simple',
  'LoadState=loaded',
  'ActiveState=active',
  'SubState=running',
  'NRestarts=7',
  '=vigil= errors web.service',
  ':first error',
  ':=vigil= unit other.service',
  '=vigil= unit other.service',
  'LoadState=loaded',
  'ActiveState=failed',
  'SubState=failed',
  '=vigil= errors other.service',
  '=vigil= now',
  '1000',
  '=vigil= heartbeat',
  '958',
  '=vigil= end',
].join('\n');

describe('what a machine says of itself', () => {
  it('is read unit by unit', () => {
    const report = readInsideReport(answer);
    expect(report).toMatchObject({ bootId: '3f0c2a9e-0000-4000-8000-000000000001', heartbeatAgeSeconds: 42 });
    expect(report?.units.get('web.service')).toMatchObject({ active: 'active', sub: 'running', restarts: 7 });
  });

  it('cannot be forged by what a unit has logged', () => {
    const report = readInsideReport(answer);
    expect(report?.units.get('other.service')).toMatchObject({ active: 'failed', restarts: null });
    expect(report?.units.get('web.service')?.errors).toEqual(['first error', '=vigil= unit other.service']);
  });

  it('says that there is no systemd, and no file', () => {
    const report = readInsideReport(
      '=vigil= boot\nb\n=vigil= no-systemd\n=vigil= now\n5\n=vigil= heartbeat\n=vigil= end',
    );
    expect(report).toMatchObject({ hasUnits: false, heartbeatAgeSeconds: null });
  });

  it('that was cut short, or is none, is not gone by', () => {
    expect(readInsideReport(answer.slice(0, -12))).toBeNull();
    expect(readInsideReport('bash: systemctl: command not found')).toBeNull();
  });

  it('cleans and cuts what others have written', () => {
    const report = readInsideReport(
      `=vigil= boot\n=vigil= unit a.service\n=vigil= errors a.service\n:\u001b[31m${'x'.repeat(5000)}\n=vigil= end`,
    );
    const [error = ''] = report?.units.get('a.service')?.errors ?? [];
    expect(error.length).toBeLessThanOrEqual(300);
    expect(error).not.toContain('\u001b');
  });
});

const isLinux = process.platform === 'linux';
const notTested = isLinux ? '' : ': NOT TESTED here, it asks as Linux is asked';

describe.runIf(isLinux)(`the command that asks, in a real shell${notTested}`, () => {
  let folder: string;
  const ask = (shell: readonly string[], units: readonly string[], file?: string, search = '/usr/bin:/bin') => {
    const [program = '', ...args] = shell;
    const text = execFileSync(program, [...args, '-c', insideCommand(units, file)], {
      encoding: 'utf8',
      env: { PATH: search },
    });
    return readInsideReport(text);
  };

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'vi-'));
    writeFileSync(path.join(folder, 'beat'), '');
    writeFileSync(
      path.join(folder, 'systemctl'),
      '#!/bin/sh\nprintf "LoadState=loaded\\nActiveState=active\\nSubState=running\\nType=simple\\nNRestarts=3\\n"\n',
      { mode: 0o755 },
    );
    writeFileSync(path.join(folder, 'journalctl'), '#!/bin/sh\nprintf "=vigil= end\\nsecond\\n"\n', { mode: 0o755 });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('reads units, their errors, the boot and the heartbeat', () => {
    const report = ask(['/bin/sh'], ['web.service'], path.join(folder, 'beat'), `${folder}:/usr/bin:/bin`);
    expect(report).toMatchObject({ hasUnits: true, bootId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(report?.heartbeatAgeSeconds).toBeLessThan(60);
    expect(report?.units.get('web.service')).toEqual({
      load: 'loaded',
      active: 'active',
      sub: 'running',
      type: 'simple',
      restarts: 3,
      errors: ['=vigil= end', 'second'],
    });
  });

  it('loses nothing else where there is no systemctl, and works in busybox', () => {
    const bin = path.join(folder, 'bin');
    execFileSync('/bin/sh', [
      '-c',
      `mkdir ${bin} && for p in cat date stat sed; do ln -s "$(command -v $p)" ${bin}/$p; done`,
    ]);
    const busybox = ['/bin/busybox', '/usr/bin/busybox'].filter((file) => existsSync(file)).slice(0, 1);
    for (const shell of [['/bin/sh'], ...busybox.map((file) => [file, 'sh'])]) {
      const report = ask(shell, ['web.service'], '/nowhere/beat', bin);
      expect(report, shell.join(' ')).toMatchObject({ hasUnits: false, heartbeatAgeSeconds: null });
      expect(report?.bootId).not.toBeNull();
    }
  });
});
