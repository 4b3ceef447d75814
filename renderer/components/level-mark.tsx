import { type Level, levelWords } from '../format/level.ts';

/** Three bars, filled from below: the level can be told without its colour. */
export function LevelMark({ level }: { readonly level: Level }) {
  const filled = { calm: 1, high: 2, full: 3 }[level];
  return (
    <svg className={`level level-${level}`} viewBox="0 0 8 11" role="img" aria-label={levelWords[level]}>
      <title>{levelWords[level]}</title>
      {[0, 1, 2].map((bar) => (
        <rect
          key={bar}
          x="0"
          y={8 - bar * 4}
          width="8"
          height="3"
          className={bar < filled ? 'level-on' : 'level-off'}
        />
      ))}
    </svg>
  );
}
