import { afterEach, expect, it } from 'vitest';
import type { JournalEntry } from '../../../main/contract/journal.ts';
import { Timeline } from '../../../renderer/components/timeline.tsx';
import { fakeBridge } from '../support/fake-bridge.ts';
import { storyId } from '../support/fleet-story.ts';
import { type Mounted, mount } from '../support/mount.tsx';

let mounted: Mounted;
afterEach(() => mounted.unmount());

const about = { machineId: storyId(1), machine: 'a', at: '2026-03-17T20:30:15.000Z', actor: 'engine' } as const;
const refused: JournalEntry = {
  ...about,
  id: 8,
  action: 'healing.refused',
  summary: "'a' is not healed: ada restarted it 4 minutes ago.",
  details: { guard: 'recent-action', failure: 'unreachable', policy: 'on-failure' },
  cause: 7,
};
const down: JournalEntry = {
  ...about,
  id: 7,
  action: 'health.changed',
  summary: "'a' is unhealthy: it does not answer.",
  details: { status: 'unhealthy', guard: 'policy' },
};

it('a refusal to heal says which guard spoke, why, and what it is because of', async () => {
  mounted = await mount(<Timeline entries={[refused, down]} namesMachines={false} />, fakeBridge([]));
  const [first, second] = mounted.page.querySelectorAll('.timeline-entry');
  expect(first?.querySelector('.tag')?.textContent).toBe('someone worked on it');
  expect(first?.textContent).toContain('restarted it 4 minutes ago.');
  expect(first?.querySelector('a')?.getAttribute('href')).toBe(`#/machines/${storyId(1)}/timeline?entry=7`);
  // Only decisions about healing have one.
  expect(second?.querySelector('.tag')).toBeNull();
});
