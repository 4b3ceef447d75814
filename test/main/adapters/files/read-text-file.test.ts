import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readTextFile, readTextFileNow } from '../../../../main/adapters/files/read-text-file.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'vt-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const limit = 100;

function make(name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

const at = (name: string) => path.join(folder, name);
function place(name: string, make: (file: string) => unknown): string {
  make(at(name));
  return at(name);
}

it.each([
  ['a text', () => make('text', 'name: Zoë\n'), { kind: 'text', text: 'name: Zoë\n' }],
  ['as large as may be', () => make('full', 'x'.repeat(limit)), { kind: 'text', text: 'x'.repeat(limit) }],
  ['one byte larger', () => make('over', 'x'.repeat(limit + 1)), { kind: 'unreadable', why: /larger|too|100/ }],
  ['not there', () => at('none'), { kind: 'missing' }],
  ['a folder', () => place('dir', (file) => mkdirSync(file)), { kind: 'unreadable' }],
  ['no UTF-8', () => make('bytes', Uint8Array.of(0xff, 0xfe, 0x41)), { kind: 'unreadable', why: /UTF-8/ }],
  [
    'a pipe that nobody writes to',
    () => place('pipe', (file) => execFileSync('mkfifo', [file])),
    { kind: 'unreadable', why: /not a file/ },
  ],
  ['behind a link', () => place('link', (file) => symlinkSync(make('real', 'a\n'), file)), { kind: 'text' }],
] as const)('%s is read at once as it is with waiting', async (_, there, expected) => {
  const file = there();
  const waited = await readTextFile(file, limit);
  expect(readTextFileNow(file, limit)).toEqual(waited);
  expect(waited.kind).toBe(expected.kind);
  if ('text' in expected) expect(waited).toMatchObject({ text: expected.text });
  if ('why' in expected) expect(waited).toMatchObject({ why: expect.stringMatching(expected.why) });
});

it('what tells no size is left to whoever waits', async () => {
  expect(readTextFileNow('/proc/self/status', 65_536)).toBeNull();
  expect(await readTextFile('/proc/self/status', 65_536)).toMatchObject({ kind: 'text' });
  const empty = make('empty', '');
  expect(readTextFileNow(empty, limit)).toBeNull();
  expect(await readTextFile(empty, limit)).toEqual({ kind: 'text', text: '' });
});
