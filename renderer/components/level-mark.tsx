import { type Level, levelWords } from '../format/level.ts';

const filled: Readonly<Record<Level, number>> = { calm: 1, high: 2, full: 3 };

/** Three bars, filled from below: the level can be told without its colour. */
export function LevelMark({ level }: { readonly level: Level }) {
  return (
    <svg className={`level level-${level}`} viewBox="0 0 8 11" role="img" aria-label={levelWords[level]}>
      {[0, 1, 2].map((bar) => (
        <rect
          key={bar}
          x="0"
          y={8 - bar * 4}
          width="8"
          height="3"
          className={bar < filled[level] ? 'level-on' : 'level-off'}
        />
      ))}
    </svg>
  );
}

/** Shows another level in a mark that is drawn already. */
export function showLevel(mark: Element, level: Level): void {
  mark.setAttribute('class', `level level-${level}`);
  mark.setAttribute('aria-label', levelWords[level]);
  for (const [bar, part] of [...mark.children].entries()) {
    part.setAttribute('class', bar < filled[level] ? 'level-on' : 'level-off');
  }
}
