import { describe, expect, it } from 'vitest';
import { healingGuards } from '../../../main/contract/healing.ts';
import { guardWord, guardWords } from '../../../renderer/format/guard-words.ts';
import { localTimes } from '../../../renderer/format/local-times.ts';

describe('a sentence of the engine', () => {
  const now = new Date(2026, 2, 17, 20, 30, 15).getTime();
  const today = new Date(2026, 2, 17, 21, 30, 15).toISOString();
  const tomorrow = new Date(2026, 2, 18, 9, 5, 0).toISOString();

  it('tells its moments as this computer does', () => {
    expect(localTimes(`Paused until ${today}.`, now)).toBe('Paused until 21:30:15.');
    expect(localTimes(`${tomorrow} and ${today.replace('.000', '')}`, now)).toBe('18 Mar 09:05 and 21:30:15');
  });

  it.each(['no moment', '2026-03-17', '2026-03-17T20:30:15', 'x'.repeat(1000)])('%s stays as it is', (text) => {
    expect(localTimes(text, now)).toBe(text);
  });
});

describe('the word of a guard', () => {
  it('is another one for each', () => {
    expect(new Set(healingGuards.map((guard) => guardWords[guard])).size).toBe(healingGuards.length);
  });

  it('that nobody knows is the guard itself', () => {
    expect(guardWord('moon')).toBe('moon');
    expect(guardWord('own-health')).toBe('this computer');
  });
});
