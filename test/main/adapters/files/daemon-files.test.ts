import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findDaemonFiles, logPointer } from '../../../../main/adapters/files/daemon-files.ts';
import type { LifecycleConfig } from '../../../../main/contract/lifecycle.ts';
import { temporaryHome } from './temporary-home.ts';

function dataHome(): string {
  const home = temporaryHome();
  mkdirSync(path.join(home, 'logs'), { mode: 0o700 });
  return home;
}
const find = (
  home: string,
  daemon: Partial<LifecycleConfig['daemon']> = {},
  environment: Readonly<Record<string, string>> = {},
) => findDaemonFiles({ home, daemon: { log_level: 'INFO', ...daemon }, environment });

describe('the files of the engine', () => {
  it('lie in the data home while nobody says otherwise', async () => {
    const home = dataHome();
    expect(await find(home)).toEqual({
      pidFile: path.join(home, 'engine.pid'),
      logFile: path.join(home, 'logs', 'vigil.log'),
      logLevel: 'info',
      faults: [],
    });
  });

  it('begin at the data home, at the home of a person, or at the root', async () => {
    const home = dataHome();
    const person = temporaryHome();
    const found = await find(home, { pid_file: 'run/own.pid', log_file: '~/own/own.log' }, { HOME: person });
    expect(found).toMatchObject({
      pidFile: path.join(home, 'run', 'own.pid'),
      logFile: path.join(person, 'own', 'own.log'),
      faults: [],
    });
    expect((await find(home, { pid_file: path.join(person, 'x.pid') })).pidFile).toBe(path.join(person, 'x.pid'));
    expect([path.join(home, 'run'), path.join(person, 'own')].map((folder) => statSync(folder).mode & 0o777)).toEqual([
      0o700, 0o700,
    ]);
    expect(statSync(found.logFile).mode & 0o777).toBe(0o600);
  });

  it('a tilde means nothing where nobody has a home', async () => {
    const home = dataHome();
    expect((await find(home, { pid_file: '~/own.pid' })).pidFile).toBe(path.join(home, '~', 'own.pid'));
  });

  it.each([
    ['a folder', (home: string) => home],
    ['below a file', (home: string) => path.join(home, 'file', 'own.log')],
    ['below /proc', () => '/proc/none/own.log'],
  ])('what is %s cannot be had: the usual place is used, with a sentence', async (_what, wanted) => {
    const home = dataHome();
    execFileSync('touch', [path.join(home, 'file')]);
    const log_file = wanted(home);
    const { logFile, faults } = await find(home, { log_file });
    expect(logFile).toBe(path.join(home, 'logs', 'vigil.log'));
    expect(faults).toEqual([expect.stringMatching(/^log_file of \[daemon\] cannot be used: .+ is used instead\.$/)]);
    expect(faults[0]).toContain(log_file);
  });

  it('a pipe keeps nobody waiting', async () => {
    const home = dataHome();
    const pipe = path.join(home, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const { pidFile, faults } = await find(home, { pid_file: pipe });
    expect(pidFile).toBe(path.join(home, 'engine.pid'));
    expect(faults).toHaveLength(1);
  });

  it('the log that is written now is named for whoever reads it without an engine', async () => {
    const home = dataHome();
    await find(home, { log_file: 'own.log' });
    expect(readFileSync(path.join(home, logPointer), 'utf8')).toBe(`${path.join(home, 'own.log')}\n`);
  });

  it('where it cannot be named, that is a sentence and no error', async () => {
    expect((await find(temporaryHome())).faults).toEqual([expect.stringContaining('log-file')]);
  });
});

describe('how much is said', () => {
  it.each([
    ['DEBUG', undefined, 'debug'],
    ['WARNING', undefined, 'warn'],
    ['ERROR', undefined, 'error'],
    ['ERROR', 'debug', 'debug'],
    ['ERROR', 'WARNING', 'warn'],
    ['ERROR', 'Warn', 'warn'],
    ['ERROR', 'chatty', 'error'],
    ['ERROR', '', 'error'],
  ] as const)('%s in the file and %s in the environment is %s', async (log_level, VIGIL_LOG_LEVEL, expected) => {
    const environment = VIGIL_LOG_LEVEL === undefined ? {} : { VIGIL_LOG_LEVEL };
    expect((await find(dataHome(), { log_level }, environment)).logLevel).toBe(expected);
  });
});
