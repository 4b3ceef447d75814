/** How full something is: below 70 %, from 70 up to 85 %, above 85 %. */
export type Level = 'calm' | 'high' | 'full';

export const levelBounds = { high: 70, full: 85 } as const;

export function levelOf(percent: number): Level {
  if (percent > levelBounds.full) return 'full';
  return percent >= levelBounds.high ? 'high' : 'calm';
}

export const levelWords: Readonly<Record<Level, string>> = {
  calm: 'under 70 %',
  high: '70 to 85 %',
  full: 'over 85 %',
};
