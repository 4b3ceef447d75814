import type { Episode } from '../../../main/contract/alert.ts';
import { topicOf } from './alert-words.ts';

/** Those of which every word typed is part of the machine, the rule, the severity, the state or the sentence. */
export function filterEpisodes(episodes: readonly Episode[], typed: string): readonly Episode[] {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return episodes;
  return episodes.filter((episode) => {
    const { machine, rule, severity, state, message, affected } = episode;
    const text = [machine ?? 'this computer', rule, topicOf(episode), severity, state, message, ...affected]
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
