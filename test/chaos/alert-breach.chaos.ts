import { expect } from 'vitest';
import { appTest } from '../support/app-test.ts';
import { realBreach } from '../support/real-breach.ts';

appTest(
  'at the usual interval of a minute a real breach is told everywhere within two minutes',
  async ({ launch, desktop, home }) => {
    const { toldMs, overMs } = await realBreach({ launch, desktop, home }, 60);
    console.log(
      `a breach at 60 s: told after ${Math.round(toldMs / 1000)} s, over after ${Math.round(overMs / 1000)} s`,
    );
    expect(toldMs).toBeLessThan(120_000);
  },
);
