import type { Explanation } from '../contract/healing.ts';
import { plainText } from './plain-text.ts';
import { textTable } from './text-table.ts';

/** `vigil why NAME`: the answer, then what led there, newest first. */
export function printWhy({ sentences, story }: Explanation, hasColour: boolean): string {
  const answer = sentences.map(plainText);
  if (story.length === 0) return answer.join('\n');
  const rows = story.map(({ at, summary }) => [{ text: at }, { text: summary }]);
  return [...answer, '', textTable(['TIME', 'WHAT'], rows, hasColour)].join('\n');
}
