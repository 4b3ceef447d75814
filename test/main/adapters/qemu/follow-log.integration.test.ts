import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FollowInput, followLog } from '../../../../main/adapters/qemu/follow-log.ts';
import { searchLog } from '../../../../main/adapters/qemu/search-log.ts';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import { eventually } from '../../../support/eventually.ts';
import { createRealClock } from '../../../support/real-clock.ts';

let folder = '';
let log = '';
beforeEach(() => {
  folder = mkdtempSync('/tmp/vf-');
  log = path.join(folder, 'console.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const clock = createRealClock();
const follow = (changes: Partial<FollowInput> = {}) =>
  followLog({
    path: log,
    clock,
    signal: createStopSource().signal,
    isRunning: () => true,
    from: 0,
    limit: 65_536,
    waitMs: 10_000,
    ...changes,
  });
const text = (data: string) => Buffer.from(data, 'base64').toString('utf8');

describe('following a log', () => {
  it('answers at once with what there is, and waits for what comes', async () => {
    writeFileSync(log, 'one');
    const first = await follow();
    expect(first).toMatchObject({ from: 0, to: 3, dropped: 0, running: true });
    const waiting = follow({ from: 3 });
    appendFileSync(log, 'two');
    expect(text((await waiting).data)).toBe('two');
  });

  it('wakes soon, not at its next look', async () => {
    writeFileSync(log, '');
    const took: number[] = [];
    for (let from = 0; from < 20; from += 1) {
      const waiting = follow({ from });
      const begun = performance.now();
      appendFileSync(log, 'x');
      await waiting;
      took.push(performance.now() - begun);
    }
    took.sort((a, b) => a - b);
    console.log(`from a byte written to the reader told: median ${took[10]?.toFixed(1)} ms`);
    expect(took[10]).toBeLessThan(120);
  });

  it('hands the same bytes to every reader at its own pace', async () => {
    writeFileSync(log, '');
    const read = async (limit: number) => {
      let seen = '';
      for (let from = 0; from < 50_000; ) {
        const part = await follow({ from, limit });
        expect(part.from).toBe(from);
        seen += Buffer.from(part.data, 'base64').toString('latin1');
        from = part.to;
      }
      return seen;
    };
    const readers = [read(100), read(7000), read(65_536)];
    let written = '';
    for (let index = 0; index < 5000; index += 1) {
      const word = `${String(index).padStart(9, '0')}\n`;
      written += word;
      appendFileSync(log, word);
    }
    for (const seen of await Promise.all(readers)) expect(seen).toBe(written);
  });

  it('tells a reader that came too late how much is gone', async () => {
    writeFileSync(log, Buffer.alloc(10_000, 'a'));
    writeFileSync(`${log}.begin`, '4096\n');
    expect(await follow({ from: 1000, limit: 10 })).toMatchObject({ from: 4096, to: 4106, dropped: 3096 });
    expect(await follow({ from: 5000, limit: 10 })).toMatchObject({ from: 5000, dropped: 0 });
  });

  it('without a place it begins at the end, and does not wait', async () => {
    writeFileSync(log, 'a long story');
    expect(await follow({ from: undefined, limit: 5 })).toMatchObject({ from: 7, to: 12, dropped: 0 });
    writeFileSync(log, '');
    expect(await follow({ from: undefined })).toMatchObject({ data: '', from: 0, to: 0 });
  });

  it('answers when the machine ends, when the wait is over and when nobody listens any more', async () => {
    writeFileSync(log, 'x');
    let running = true;
    const ending = follow({ from: 1, isRunning: () => running });
    running = false;
    expect(await ending).toMatchObject({ data: '', from: 1, to: 1, running: false });
    expect(await follow({ from: 1, waitMs: 0 })).toMatchObject({ data: '' });
    const source = createStopSource();
    const waiting = follow({ from: 1, signal: source.signal });
    source.stop('gone');
    expect(await waiting).toMatchObject({ data: '' });
  });

  it('begins anew when the log did', async () => {
    writeFileSync(log, 'a long story');
    const waiting = follow({ from: 12 });
    truncateSync(log, 0);
    appendFileSync(log, 'new');
    expect(await waiting).toMatchObject({ from: 0, to: 3, data: Buffer.from('new').toString('base64') });
  });

  it('waits for a log that is not there yet', async () => {
    const waiting = follow();
    writeFileSync(log, 'first');
    expect(text((await waiting).data)).toBe('first');
  });

  it('leaves no watch behind', async () => {
    writeFileSync(log, '');
    for (let round = 0; round < 20; round += 1) await follow({ waitMs: 5 });
    await eventually('no watch is open', () => !process.getActiveResourcesInfo().includes('FSEventWrap'));
  });
});

describe('searching a log', () => {
  const search = (wanted: string, before?: number, limit = 50) => searchLog(log, { text: wanted, before, limit });

  it('finds lines in whichever case, newest first, with their numbers and places', async () => {
    writeFileSync(log, 'one\r\nKernel panic\r\nthree\nagain a PANIC\n');
    expect(await search('panic')).toEqual({
      matches: [
        { line: 4, from: 25, text: 'again a PANIC' },
        { line: 2, from: 5, text: 'Kernel panic' },
      ],
      more: false,
    });
    expect((await search('panic', 25)).matches.map(({ line }) => line)).toEqual([2]);
    expect(await search('nothing')).toEqual({ matches: [], more: false });
  });

  it('leaves out what was printed before a run, unless the log was emptied since', async () => {
    writeFileSync(log, 'one\r\nKernel panic\r\nthree\nagain a PANIC\n');
    const since = async (from: number) =>
      (await searchLog(log, { text: 'panic', before: undefined, limit: 50 }, from)).matches.map((match) => match.from);
    expect(await since(5)).toEqual([25, 5]);
    expect(await since(19)).toEqual([25]);
    expect(await since(39)).toEqual([]);
    expect(await since(1000)).toEqual([25, 5]);
  });

  it('finds what escape sequences cut apart, and hands none of them on', async () => {
    writeFileSync(log, '\x1b[2J[ \x1b[0;32m OK \x1b[0m ] Reached \x1b[1mtar\x1b[0mget\n');
    expect((await search('reached target')).matches).toEqual([{ line: 1, from: 0, text: '[  OK  ] Reached target' }]);
  });

  it('pages back through many matches without leaving one out', async () => {
    writeFileSync(log, Array.from({ length: 1000 }, (_, index) => `match ${index}\n`).join(''));
    const seen: number[] = [];
    for (let before: number | undefined; ; ) {
      const { matches, more } = await search('match', before, 64);
      seen.push(...matches.map(({ line }) => line));
      before = matches.at(-1)?.from;
      if (!more) break;
    }
    expect(seen).toEqual(Array.from({ length: 1000 }, (_, index) => 1000 - index));
  });

  it('goes over pieces without losing a line or its place, in bounded time', async () => {
    const lines = Array.from({ length: 400_000 }, (_, index) =>
      index % 40_000 === 7 ? `needle ${index}` : `hay ${index}`,
    );
    writeFileSync(log, `${lines.join('\n')}\n`);
    const begun = performance.now();
    const { matches } = await search('needle');
    console.log(`search of ${lines.length} lines: ${(performance.now() - begun).toFixed(0)} ms`);
    const whole = lines.join('\n');
    expect(matches.map(({ text: found, line, from }) => [found, line, whole.slice(from, from + found.length)])).toEqual(
      lines.flatMap((line, index) => (line.startsWith('needle') ? [[line, index + 1, line]] : [])).reverse(),
    );
  });

  it('stays bounded on a line that never ends', async () => {
    writeFileSync(log, Buffer.concat([Buffer.alloc(3 * 1024 * 1024, 'x'), Buffer.from('needle')]));
    const { matches } = await search('needle');
    expect(matches).toHaveLength(1);
    expect(matches[0]?.text.length).toBeLessThanOrEqual(400);
  });

  it('looks only at what is kept', async () => {
    writeFileSync(log, `${'old\n'.repeat(1024)}new old\n`);
    writeFileSync(`${log}.begin`, '4096\n');
    expect((await search('old')).matches).toEqual([{ line: 1, from: 4096, text: 'new old' }]);
  });
});
