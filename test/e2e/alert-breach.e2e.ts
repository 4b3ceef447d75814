import { describe, expect } from 'vitest';
import { appTest } from '../support/app-test.ts';
import { realBreach } from '../support/real-breach.ts';

/** The shortest interval that a person can choose; at the usual one see test/chaos/alert-breach.chaos.ts. */
const intervalSeconds = 10;

describe('a guest that burns its processor', () => {
  appTest(
    'is told in tray, notification, mail and Slack, is restarted by the button, and its end is told everywhere',
    async ({ launch, desktop, home }) => {
      const story = await realBreach({ launch, desktop, home }, intervalSeconds);
      console.log('a breach:', story);
      expect(story.toldMs).toBeLessThan(120_000);
      expect(story).toMatchObject({
        buttons: ['Open', 'Restart now', 'Snooze 1 h', 'Console'],
        isAnotherProcess: true,
        mails: [expect.stringContaining('burner: busy'), expect.stringContaining('burner: busy is over')],
        slack: [expect.stringContaining('burner: busy'), expect.stringContaining('burner: busy is over')],
      });
      expect(story.firingMenu.slice(1)).toEqual(['Open', 'Acknowledge', 'Snooze 1 h']);
      expect(story.notifications[0]).toEqual({ title: 'burner: busy', closed: true });
    },
  );
});
