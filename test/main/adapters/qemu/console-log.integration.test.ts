import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProcesses } from '../../../../main/adapters/processes/processes.ts';
import {
  keptBytes,
  longestBytes,
  prepareConsoleLog,
  readLog,
  readLogBytes,
  tailOf,
  trimConsoleLog,
} from '../../../../main/adapters/qemu/console-log.ts';
import { holeMaker } from '../../../../main/adapters/qemu/qemu-machine-console.ts';

let folder = '';
let log = '';
beforeEach(() => {
  folder = mkdtempSync('/tmp/vc-');
  log = path.join(folder, 'console.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('an absent log is an empty one', async () => {
  expect(await readLog(log, undefined, 100)).toEqual({ text: '', from: 0, to: 0, size: 0 });
  expect(await tailOf(log)).toBe('');
});

it('is read in parts of any size without cutting a character in two', async () => {
  const whole = 'aé€😀z'.repeat(50);
  writeFileSync(log, whole);
  for (const limit of [4, 5, 7, 16, 1000]) {
    let text = '';
    for (let from = 0; from < Buffer.byteLength(whole); ) {
      const part = await readLog(log, from, limit);
      expect(part.to).toBeGreaterThan(from);
      text += part.text;
      from = part.to;
    }
    expect(text).toBe(whole);
    expect((await readLog(log, undefined, limit)).text).not.toContain('\ufffd');
  }
});

it('is read on although the guest writes no text at all', async () => {
  writeFileSync(log, Buffer.alloc(300, 0xe2));
  for (let from = 0, reads = 0; from < 300; reads += 1) {
    from = (await readLog(log, from, 64)).to;
    if (reads > 20) throw new Error('It does not go on.');
    if (from >= 297) break;
  }
  expect(await readLog(log, 5000, 10)).toMatchObject({ text: '', from: 300, to: 300 });
});

it('ends in its last 40 lines of this run, at most 8 KiB', async () => {
  writeFileSync(log, `old run\n${Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n')}\n`);
  expect((await tailOf(log)).split('\n')).toHaveLength(40);
  writeFileSync(log, 'old run\nnew\n');
  expect(await tailOf(log, 8)).toBe('new');
  writeFileSync(log, 'x'.repeat(100_000));
  expect((await tailOf(log)).length).toBe(8192);
});

it('is made private and kept across runs', async () => {
  expect(await prepareConsoleLog(log)).toBe(0);
  writeFileSync(log, 'words');
  expect(await prepareConsoleLog(log)).toBe(5);
  expect(statSync(log).mode & 0o777).toBe(0o600);
});

describe('a log that has become too long', () => {
  const processes = createProcesses();
  const lineOf = (index: number) => `${String(index).padStart(15, '0')}\n`;
  const lines = Math.ceil((longestBytes + 100_000) / 16);
  const fill = () => writeFileSync(log, Array.from({ length: lines }, (_, index) => lineOf(index)).join(''));
  /** Every line that is still there, from the first whole one on. */
  const keptLines = async (): Promise<readonly number[]> => {
    const parts: Buffer[] = [];
    const first = (await readLogBytes(log, 0, 1)).from;
    for (let from = first; ; ) {
      const { bytes } = await readLogBytes(log, from, 1024 * 1024);
      if (bytes.length === 0) break;
      parts.push(bytes);
      from += bytes.length;
    }
    const text = Buffer.concat(parts).toString('utf8');
    return text
      .slice(text.indexOf('\n') + 1)
      .trimEnd()
      .split('\n')
      .map(Number);
  };

  it('gives its oldest blocks back, and keeps its offsets and every byte of the rest', async () => {
    fill();
    const writer = openSync(log, 'a');
    await trimConsoleLog(log, holeMaker(processes));
    writeSync(writer, lineOf(lines));
    closeSync(writer);
    expect(statSync(log).size).toBe((lines + 1) * 16);
    expect(statSync(log).blocks * 512).toBeLessThan(keptBytes + 1024 * 1024);
    const kept = await keptLines();
    expect(kept.length * 16).toBeGreaterThan(keptBytes - 8192);
    expect(kept).toEqual(Array.from(kept, (_, index) => lines - kept.length + 1 + index));
    const part = await readLog(log, 0, 16);
    expect(part.from).toBeGreaterThan(0);
    expect(part.text).not.toContain('\0');
  });

  it('loses no byte while somebody goes on writing to it', { timeout: 60_000 }, async () => {
    fill();
    // Another process, appending as QEMU does, all through the trims.
    const script = `
      const { openSync, writeSync } = require('node:fs');
      const file = openSync(process.argv[1], 'a');
      for (let index = ${lines}; index < ${lines + 400_000}; index += 1)
        writeSync(file, String(index).padStart(15, '0') + '\\n');
    `;
    const child = spawn(process.execPath, ['-e', script, log], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    let trims = 0;
    const isOver = { yes: false };
    void ended.then(() => {
      isOver.yes = true;
    });
    while (!isOver.yes) {
      // As often as it can: a mark of its own each time, however little was added.
      writeFileSync(`${log}.begin`, '0\n');
      await trimConsoleLog(log, holeMaker(processes));
      trims += 1;
    }
    expect(trims).toBeGreaterThan(2);
    const kept = await keptLines();
    expect(kept.at(-1)).toBe(lines + 399_999);
    expect(kept.length * 16).toBeGreaterThan(keptBytes - 8192);
    expect(kept).toEqual(Array.from(kept, (_, index) => lines + 400_000 - kept.length + index));
  });

  it('is moved aside where the file system takes no holes', async () => {
    fill();
    await trimConsoleLog(log, () => Promise.reject(new Error('no holes')));
    expect(statSync(log).size).toBe(0);
    expect(statSync(`${log}.1`).size).toBe(lines * 16);
    expect(await prepareConsoleLog(log)).toBe(0);
    writeFileSync(log, 'words');
    expect(await readLog(log, 0, 10)).toMatchObject({ text: 'words', from: 0 });
  });

  it('is left alone below its bound', async () => {
    writeFileSync(log, Buffer.alloc(longestBytes));
    await trimConsoleLog(log, () => Promise.reject(new Error('not to be called')));
    expect(statSync(log).size).toBe(longestBytes);
  });
});

it('never follows a link', async () => {
  symlinkSync('/etc/passwd', log);
  await expect(prepareConsoleLog(log)).rejects.toThrow();
  expect((await readLog(log, 0, 100)).text).toBe('');
});
