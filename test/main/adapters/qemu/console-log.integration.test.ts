import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { prepareConsoleLog, readLog, tailOf } from '../../../../main/adapters/qemu/console-log.ts';

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

it('is made private, kept across runs, and moved aside when it is long', async () => {
  expect(await prepareConsoleLog(log)).toBe(0);
  writeFileSync(log, 'words');
  expect(await prepareConsoleLog(log)).toBe(5);
  expect(statSync(log).mode & 0o777).toBe(0o600);
  writeFileSync(log, Buffer.alloc(16 * 1024 * 1024 + 1));
  expect(await prepareConsoleLog(log)).toBe(0);
  expect(statSync(`${log}.1`).size).toBe(16 * 1024 * 1024 + 1);
});

it('never follows a link', async () => {
  symlinkSync('/etc/passwd', log);
  await expect(prepareConsoleLog(log)).rejects.toThrow();
  expect((await readLog(log, 0, 100)).text).toBe('');
});
