import { expect, test } from 'vitest';
import { inOneLine } from '../../../main/electron/one-line.ts';

test.each([
  ['plain', 'plain'],
  ['two\nlines\r\nand\tmore', 'two lines and more'],
  ['\u001b[31mred\u001b[0m', '[31mred [0m'],
  ['a\u0000b', 'a b'],
  ['\u202egnp.exe\u202c', 'gnp.exe'],
  ['zero\u200bwidth\ufeff', 'zerowidth'],
  ['lone \ud800 surrogate', 'lone surrogate'],
  ['line\u2028separator', 'line separator'],
  ['  spaces  ', 'spaces'],
  ['emoji 🐧 stays', 'emoji 🐧 stays'],
])('%j becomes %j', (text, line) => {
  expect(inOneLine(text, 40)).toBe(line);
});

test('long text is cut between characters, never inside one', () => {
  expect(inOneLine('🐧'.repeat(10), 4)).toBe('🐧🐧🐧…');
});

test('a megabyte ends as a line', () => {
  expect(inOneLine('x '.repeat(500_000), 80)).toHaveLength(80);
});
