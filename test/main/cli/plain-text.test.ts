import { expect, test } from 'vitest';
import { plainJson, plainText } from '../../../main/cli/plain-text.ts';

test.each([
  ['\u001b[31mred\u001b[0m', 'red'],
  ['\u001b]0;title\u0007text', 'text'],
  ['\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['a\u0000b\u0008c\u007fd\u0085e', 'abcde'],
  ['two\nlines\r\n', 'two lines  '],
  ['abc\u202edef\u2066', 'abcdef'],
  ['äé✓🙂', 'äé✓🙂'],
])('%j becomes %j', (text, plain) => {
  expect(plainText(text)).toBe(plain);
});

test('JSON carries the same text in escapes, and parses back to it', () => {
  const value = { text: 'a\u009b31m\u202e\u001b[0m\u007f✓' };
  const json = plainJson(value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
  expect(json).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  expect(JSON.parse(json)).toEqual(value);
});
