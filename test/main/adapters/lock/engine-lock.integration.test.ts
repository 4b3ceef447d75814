import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const contender = fileURLToPath(new URL('./lock-contender.ts', import.meta.url));
const contenders = 30;
const rounds = 50;

interface Contender {
  readonly child: ChildProcess;
  readonly lines: Interface;
}

it(`${contenders} processes race for a dead owner’s lock ${rounds} times: one wins each time, and all others name it`, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vigil-race-'));
  const racing: Contender[] = Array.from({ length: contenders }, () => {
    const child = spawn(process.execPath, [contender], { stdio: ['pipe', 'pipe', 'inherit'] });
    return { child, lines: createInterface({ input: child.stdout }) };
  });
  onTestFinished(() => {
    for (const { child } of racing) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  await Promise.all(racing.map(({ lines }) => once(lines, 'line')));
  const dead = await deadProcess();
  for (let round = 0; round < rounds; round += 1) {
    const home = path.join(folder, String(round));
    mkdirSync(home);
    writeFileSync(
      path.join(home, 'engine.lock'),
      JSON.stringify({ pid: dead, startTime: 1, bootId: 'b', socket: '/s', host: 'app', version: '0', round }),
    );
    const answers = racing.map(async ({ lines }): Promise<string> => String((await once(lines, 'line'))[0]));
    const moment = Date.now() + 30;
    for (const { child } of racing) child.stdin?.write(`${home} ${moment}\n`);
    const said = await Promise.all(answers);
    const winners = said.flatMap((answer, index) => (answer === 'held' ? [racing[index]?.child.pid] : []));
    const owner = JSON.parse(readFileSync(path.join(home, 'engine.lock'), 'utf8')).pid;
    expect({ round, winners, others: [...new Set(said)].sort(), left: readdirSync(home) }).toEqual({
      round,
      winners: [owner],
      others: [String(owner), 'held'].sort(),
      left: ['engine.lock'],
    });
  }
});

async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}
