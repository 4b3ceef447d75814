import { describe, expect, it } from 'vitest';
import { cleanText } from '../../../../main/adapters/ssh/untrusted-text.ts';

describe('text of the other side', () => {
  it.each([
    ['\u001b[31mred\u0007\r\n  text', '[31mred text'],
    ['left\u202eright', 'left right'],
    ['', ''],
    ['a'.repeat(200), 'a'.repeat(200)],
    ['a'.repeat(10_000), `${'a'.repeat(199)}…`],
    ['😀'.repeat(300), `${'😀'.repeat(199)}…`],
  ])('%j becomes one plain short line', (text, expected) => {
    expect(cleanText(text)).toBe(expected);
  });
});
