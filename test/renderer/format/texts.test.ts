import { describe, expect, it } from 'vitest';
import { consoleText } from '../../../renderer/format/console-text.ts';
import { sentence } from '../../../renderer/format/sentence.ts';
import { visibleText } from '../../../renderer/format/visible-text.ts';

describe('text from elsewhere', () => {
  it('keeps what a person can read, in any script', () => {
    expect(visibleText('بناء-vm 建设 café')).toBe('بناء-vm 建设 café');
  });

  it.each([
    ['a direction override', 'txt\u202egnp.exe', 'txtgnp.exe'],
    ['isolates', '\u2067a\u2069', 'a'],
    ['what has no width', 'a\u200bb\ufeffc', 'abc'],
    ['line breaks', 'a\r\nb\tc', 'a b c'],
    ['control characters', 'a\u0000\u001b[31m', 'a\ufffd\ufffd[31m'],
  ])('neutralises %s', (_what, text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });
});

describe('console text', () => {
  it.each([
    ['colours', '\u001b[1;32m[  OK  ]\u001b[0m done', '[  OK  ] done'],
    ['cursor moves and erasing', '\u001b[2J\u001b[H\u001b[Klogin:', 'login:'],
    ['window titles', '\u001b]0;owned\u0007shell', 'shell'],
    ['an unended title swallows its line only', '\u001b]0;owned\nshell', '\nshell'],
    ['device strings', '\u001bPq#0;2;0\u001b\\after', 'after'],
    ['charset escapes', '\u001b(B\u001b)0text', 'text'],
    ['the 8-bit form', '\u009b31mred', 'red'],
    ['a lone escape at the end', 'half \u001b', 'half '],
    ['bell and nul', 'a\u0007\u0000b', 'ab'],
    ['direction overrides', 'a\u202eb', 'ab'],
    ['markup is left as text', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ])('drops %s', (_what, raw, shown) => {
    expect(consoleText(raw)).toBe(shown);
  });

  it('shows the last state of a line that overwrites itself', () => {
    expect(consoleText('10 %\r50 %\r100 %\r\nnext')).toBe('100 %\nnext');
  });

  it('takes characters back on backspace', () => {
    expect(consoleText('abc\b\bX')).toBe('aX');
  });
});

describe('a sentence of the engine', () => {
  it.each([
    ["'build' ended by itself: killed by signal 9.", { lead: 'Ended by itself', rest: 'Killed by signal 9.' }],
    ["'build' was started.", { lead: 'Started', rest: '' }],
    ["The guest of 'build' panicked. It is held.", { lead: "The guest of 'build' panicked", rest: 'It is held.' }],
    ["'builder' was started.", { lead: "'builder' was started", rest: '' }],
  ])('splits %s', (text, parts) => {
    expect(sentence(text, 'build')).toEqual(parts);
  });
});
