import { describe, expect, it } from 'vitest';
import { createCappedOutput } from '../../../../main/adapters/processes/capped-output.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

function kept(maxBytes: number, chunks: readonly string[]): string {
  const output = createCappedOutput(maxBytes);
  for (const chunk of chunks) output.add(Buffer.from(chunk));
  return output.text();
}

describe('an output', () => {
  it.each([
    ['nothing', [], ''],
    ['less than it may have', ['ab', 'cd'], 'abcd'],
    ['exactly what it may have', ['abcd', 'efgh'], 'abcdefgh'],
    ['one byte more', ['abcd', 'efghi'], 'abcd\n[1 bytes left out]\nfghi'],
    ['all at once', ['abcdefghijklmnop'], 'abcd\n[8 bytes left out]\nmnop'],
    ['byte after byte', [...'abcdefghijklmnop'], 'abcd\n[8 bytes left out]\nmnop'],
  ])('of %s keeps its head and its tail', (_what, chunks, text) => expect(kept(8, chunks)).toBe(text));

  it('is the same in whatever pieces it comes', () => {
    const random = seededRandom();
    const whole = Array.from({ length: 30_000 }, (_, index) => String.fromCharCode(97 + (index % 26))).join('');
    const chunks: string[] = [];
    for (let at = 0; at < whole.length; ) {
      const size = 1 + random.below(9000);
      chunks.push(whole.slice(at, at + size));
      at += size;
    }
    const text = `${whole.slice(0, 5000)}\n[20000 bytes left out]\n${whole.slice(-5000)}`;
    expect([kept(10_000, chunks), kept(10_000, [whole])]).toEqual([text, text]);
  });
});
