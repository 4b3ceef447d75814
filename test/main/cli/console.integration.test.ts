import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Daemon } from '../../../main/contract/engine-status.ts';
import type { JournalEntry } from '../../../main/contract/journal.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { runCliProcess } from '../../support/cli-process.ts';
import { eventually } from '../../support/eventually.ts';
import { tinyLinux } from '../../support/guests/tiny-linux.ts';
import { killProcessesOfHome } from '../../support/processes-of-home.ts';
import { openPseudoTerminal, type PseudoTerminal } from '../../support/pseudo-terminal.ts';
import { makeKeyPair } from '../../support/sshd.ts';

/** `vigil console` in a real terminal, before a real engine and a Linux with a shell on its serial line. */

const program = path.resolve(import.meta.dirname, '../../../main/cli/main.ts');
let folder = '';
let home = '';

const vigil = (...args: string[]) => runCliProcess(home, args);
const json = async <T>(...args: string[]): Promise<T> => JSON.parse((await vigil(...args, '--json')).stdout) as T;
const demo = () => json<Machine>('status', 'demo');
const consoleLog = () => readFileSync(logFile(), 'latin1');
const logFile = () => {
  const machines = path.join(home, 'machines');
  const [id] = readdirSync(machines).filter((name) => statSync(path.join(machines, name)).isDirectory());
  return path.join(machines, id ?? '', 'console.log');
};

/** Shows the terminal's settings before and after, and how the command ended. */
function terminalWith(...args: string[]): PseudoTerminal {
  const command = [process.execPath, program, ...args].map((word) => `'${word}'`).join(' ');
  return openPseudoTerminal(`echo before=$(stty -g); ${command}; echo exit=$?; echo after=$(stty -g)`, {
    HOME: folder,
    VIGIL_HOME: home,
  });
}

async function endsAsItWas(terminal: PseudoTerminal, exitCode: number): Promise<void> {
  await terminal.ended;
  const shown = terminal.shown();
  expect(/exit=(\d+)/.exec(shown)?.[1]).toBe(String(exitCode));
  const settings = (when: string) => new RegExp(`${when}=(\\S+)`).exec(shown)?.[1];
  expect(settings('before')).toMatch(/^[0-9a-f]+:/);
  expect(settings('after')).toBe(settings('before'));
}

beforeAll(async () => {
  folder = mkdtempSync('/tmp/vc-');
  home = path.join(folder, 'home');
  const guest = await tinyLinux({ authorizedKey: makeKeyPair(folder, 'client').publicLine });
  const made = await vigil(
    ...['create', 'demo', '--memory', '192', '--disk', '16', '--cpus', '1'],
    ...['--kernel', guest.kernel, '--initrd', guest.initrd, '--append', guest.append],
  );
  expect(made).toMatchObject({ exitCode: 0 });
}, 120_000);

afterAll(async () => {
  await vigil('lifecycle', 'daemon', 'stop');
  await killProcessesOfHome(home);
  rmSync(folder, { recursive: true, force: true });
});

describe('vigil start --foreground', () => {
  it('starts the machine and shows it from its first word', { timeout: 150_000 }, async () => {
    const terminal = terminalWith('start', 'demo', '--foreground');
    await terminal.sees('SeaBIOS', 60_000);
    await terminal.sees('tiny linux is up', 90_000);
    terminal.type('\x1d');
    await endsAsItWas(terminal, 0);
    expect(await demo()).toMatchObject({ state: 'running' });
  });

  it('takes one machine, and no --json', async () => {
    expect(await vigil('start', 'demo', 'other', '--foreground')).toMatchObject({ exitCode: 2 });
    const refused = await vigil('start', 'demo', '--foreground', '--json');
    expect(refused.exitCode).toBe(2);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'bad-input', field: '--foreground' } });
  });
});

describe('vigil console', () => {
  it('sends keys, shows the answer, detaches by its key and leaves the terminal as it was', async () => {
    const terminal = terminalWith('console', 'demo');
    await terminal.sees("Connected to the console of 'demo'. Ctrl-] detaches.");
    // What stood there before is shown, without what would make this terminal answer.
    await terminal.sees('tiny linux is up');
    terminal.type('echo $((40+2))-is-it\r');
    await terminal.sees('42-is-it');
    // Ctrl-C is the machine's.
    // Said by what holds the terminal by then: an interrupt that comes between two commands is lost in the shell.
    terminal.type("sh -c 'echo a\\sleep; exec sleep 100'\r");
    await terminal.sees(/^asleep/m);
    terminal.type('\x03echo still-$((1+1))\r');
    await terminal.sees('still-2');
    terminal.type('\x1d');
    await terminal.sees('Detached; the machine runs on.');
    await endsAsItWas(terminal, 0);
    const typed = await json<readonly JournalEntry[]>('history', '--vm', 'demo', '--limit', '100');
    expect(typed.filter(({ action }) => action === 'console.typed')).toHaveLength(1);
  });

  it('shows colours and escape sequences as they are, and calms the terminal afterwards', async () => {
    const terminal = terminalWith('console', 'demo');
    await terminal.sees('detaches');
    terminal.type("printf '\\033[31mr\\145d\\033[?25l\\n'\r");
    await terminal.sees('\x1b[31mred\x1b[?25l');
    terminal.type('\x1d');
    await endsAsItWas(terminal, 0);
    expect(terminal.shown()).toContain('\x1b[?25h');
  });

  it('can be left by another key, and then hands Ctrl-] on', async () => {
    const terminal = terminalWith('console', 'demo', '--detach-key', 'ctrl-a');
    await terminal.sees('Ctrl-A detaches');
    terminal.type('stty -echo; echo re\\ads; head -c 1 | od -c; stty echo\r');
    await terminal.sees(/^reads/m);
    terminal.type('\x1d\r');
    await terminal.sees(/035/);
    terminal.type('\x01');
    await endsAsItWas(terminal, 0);
  });

  it('types the size of the terminal only when asked to', async () => {
    const terminal = terminalWith('console', 'demo', '--fit');
    await terminal.sees('stty rows 24 cols 80');
    terminal.type('\x1d');
    await endsAsItWas(terminal, 0);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const)('%s ends it with the terminal as it was', async (signal, exitCode) => {
    const terminal = terminalWith('console', 'demo');
    await terminal.sees('detaches');
    process.kill(pidOfConsole(), signal);
    await terminal.sees(`Detached by ${signal}.`);
    await endsAsItWas(terminal, exitCode);
  });

  it('ends when the engine is killed, and no byte of the machine is lost meanwhile', { timeout: 60_000 }, async () => {
    const before = consoleLog().length;
    const terminal = terminalWith('console', 'demo');
    await terminal.sees('detaches');
    terminal.type('for i in $(seq 10001 14000); do echo line-$i; done; echo all-\\said\r');
    await terminal.sees('line-10050');
    const { pid } = await json<Daemon>('lifecycle', 'daemon', 'status');
    process.kill(pid ?? 0, 'SIGKILL');
    await terminal.sees('The machine runs on.');
    await endsAsItWas(terminal, 1);
    await eventually('the guest has said it all', () => /^all-said\r?$/m.test(consoleLog().slice(before)), 30_000);
    const said = [
      ...consoleLog()
        .slice(before)
        .matchAll(/^line-(\d+)\r?$/gm),
    ].map(([, number]) => Number(number));
    expect(said).toEqual(Array.from({ length: 4000 }, (_, index) => 10_001 + index));
    expect(await demo()).toMatchObject({ state: 'running' });
  });

  it('takes its keys from a pipe too, and ends when all has been answered', async () => {
    const { exitCode, stdout, stderr } = await piped('console demo', 'echo $((6*7))-by-pipe\n');
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('The input has ended.'),
    });
    expect(stdout).toContain('42-by-pipe');
  });

  it('has no JSON form, and needs a machine that runs', async () => {
    const refused = await vigil('console', 'demo', '--json');
    expect([refused.exitCode, JSON.parse(refused.stdout)]).toMatchObject([2, { error: { code: 'bad-input' } }]);
    expect(await vigil('console', 'demo', '--detach-key', 'x')).toMatchObject({ exitCode: 2 });
    expect(await vigil('console', 'nobody')).toMatchObject({ exitCode: 1 });
  });
});

describe('vigil screenshot', () => {
  it('saves a picture of the screen, for us alone', async () => {
    const file = path.join(folder, 'screen.png');
    writeFileSync(file, 'an older one', { mode: 0o644 });
    const { exitCode, stdout } = await vigil('screenshot', 'demo', file, '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ machine: 'demo', file, width: 720, height: 400 });
    expect(readFileSync(file).subarray(1, 4).toString()).toBe('PNG');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    const nowhere = await vigil('screenshot', 'demo', path.join(folder, 'no', 'folder.png'));
    expect(nowhere).toMatchObject({ exitCode: 1, stdout: '' });
  });
});

describe('the machine ends', () => {
  it('and so does the console, with the terminal as it was; a restart does not', { timeout: 120_000 }, async () => {
    const terminal = terminalWith('console', 'demo');
    await terminal.sees('detaches');
    const before = terminal.shown().length;
    await vigil('restart', 'demo', '--force');
    await eventually('it is up again', () => terminal.shown().slice(before).includes('tiny linux is up'), 90_000);
    await vigil('stop', 'demo', '--force');
    await terminal.sees('The machine has ended.');
    await endsAsItWas(terminal, 0);
    expect(await vigil('console', 'demo')).toMatchObject({ exitCode: 1 });
    expect(await vigil('screenshot', 'demo', path.join(folder, 'x.png'))).toMatchObject({ exitCode: 1 });
    expect(existsSync(path.join(folder, 'x.png'))).toBe(false);
  });
});

function pidOfConsole(): number {
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((pid) => {
      try {
        const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        const isOurs = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`VIGIL_HOME=${home}`);
        return argv[1] === program && argv[2] === 'console' && isOurs;
      } catch {
        return false;
      }
    });
  if (found === undefined) throw new Error('no console is open');
  return Number(found);
}

function piped(line: string, input: string): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [program, ...line.split(' ')], {
    env: { PATH: process.env.PATH, HOME: folder, VIGIL_HOME: home },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('latin1');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += String(chunk);
  });
  child.stdin.end(input);
  return new Promise((resolve) => child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr })));
}
