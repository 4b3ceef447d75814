import { describe, expect, it } from 'vitest';
import { findMatches, mostMatches } from '../../../../renderer/pages/machine/find-matches.ts';

describe('searching a text', () => {
  it('cuts it at every match, in any case, and loses nothing', () => {
    const segments = findMatches('Out of memory. MEMORY low', 'memory');
    expect(segments).toEqual([
      { text: 'Out of ', match: null },
      { text: 'memory', match: 0 },
      { text: '. ', match: null },
      { text: 'MEMORY', match: 1 },
      { text: ' low', match: null },
    ]);
  });

  it.each(['.*', '[', '(', '\\', '$^'])('takes %s as it is', (wanted) => {
    expect(findMatches(`a${wanted}b`, wanted)).toHaveLength(3);
    expect(findMatches('abc', wanted)).toEqual([{ text: 'abc', match: null }]);
  });

  it('stops at a bound and keeps the rest of the text', () => {
    const text = 'a'.repeat(mostMatches + 5);
    const segments = findMatches(text, 'a');
    expect(segments).toHaveLength(mostMatches + 1);
    expect(segments.map((each) => each.text).join('')).toBe(text);
  });
});
