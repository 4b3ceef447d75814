import { afterEach, describe, expect, it } from 'vitest';
import { routeOf } from '../../../renderer/route.ts';
import { Inbox } from '../../../renderer/shell/inbox.tsx';
import { inboxEntries } from '../../../renderer/shell/inbox-entries.ts';
import { sampleEpisode } from '../../support/sample-episode.ts';
import { sampleMachine } from '../../support/sample-machine.ts';
import { type FakeBridge, fakeBridge } from '../support/fake-bridge.ts';
import { buttonNamed, type Mounted, mount } from '../support/mount.tsx';

const machine = sampleMachine({ capabilities: ['stop', 'restart', 'console'] });
const ended = {
  ...machine,
  notice: { kind: 'ended', severity: 'critical', text: 'It was killed.', since: '2026-01-01T00:00:00.000Z' },
} as const;

describe('what asks for a person', () => {
  it('is every alert that nobody took on, the worst first, and every machine that ended', () => {
    const critical = sampleEpisode({ id: 'c', severity: 'critical', rule: 'critical_cpu' });
    const quiet = [
      sampleEpisode({ acknowledgedBy: 'me' }),
      sampleEpisode({ heldBy: 'snooze' }),
      sampleEpisode({ state: 'pending' }),
    ];
    const entries = inboxEntries([sampleEpisode(), critical, ...quiet], [machine, ended]);
    expect(entries.map(({ title, mark }) => [title, mark])).toEqual([
      ['critical_cpu', 'crit'],
      ['high_cpu', 'warn'],
      ['ended by itself', 'crit'],
    ]);
  });

  it('leads to the alert, or to the machine at that moment', () => {
    const [alert, end] = inboxEntries([sampleEpisode()], [ended]).map(({ href }) => routeOf(href));
    expect(alert).toMatchObject({ page: 'alerts', chosen: sampleEpisode().id });
    expect(end).toMatchObject({ page: 'machine', id: machine.id, tab: 'timeline', at: ended.notice.since });
  });

  it('has no action where it is a common cause', () => {
    const [cause] = inboxEntries([sampleEpisode({ metric: null, machineId: null, machine: null })], []);
    expect(cause?.subject).toBeNull();
  });
});

describe('the inbox', () => {
  let mounted: Mounted;
  let bridge: FakeBridge;
  afterEach(async () => {
    await mounted.unmount();
    window.location.hash = '';
  });
  const episode = sampleEpisode({ machineId: machine.id });
  async function open(active = [episode]): Promise<void> {
    bridge = fakeBridge([machine]);
    bridge.answer('alert.active', () => active);
    mounted = await mount(<Inbox />, bridge);
    const name = active.length === 0 ? 'Inbox: nothing asks for you' : `Inbox: ${active.length} to see to`;
    await mounted.eventually(() => expect(buttonNamed(name)).toBeDefined());
    await mounted.press(buttonNamed(name));
  }
  const asked = (call: string) => bridge.asked.filter(({ name }) => name === call).map(({ input }) => input);

  it('offers what a notification does, by the same calls', async () => {
    await open();
    bridge.answer('machine.get', () => ({ machine, bootStages: [] }));
    bridge.answer('alert.snooze', () => ({ id: 'mute' }));
    await mounted.press(buttonNamed('Restart now: demo: high_cpu'));
    await mounted.eventually(() => expect(asked('machine.restart')).toEqual([{ machine: machine.id }]));
    await mounted.press(buttonNamed('Snooze 1 h: demo: high_cpu'));
    await mounted.eventually(() =>
      expect(asked('alert.snooze')).toEqual([{ rule: 'high_cpu', machine: machine.id, seconds: 3600 }]),
    );
    await mounted.press(buttonNamed('Console: demo: high_cpu'));
    expect(window.location.hash).toBe(`#/machines/${machine.id}/console`);
  });

  it('does nothing about an alert that is over by then, and says so', async () => {
    await open();
    bridge.answer('alert.active', () => []);
    await mounted.press(buttonNamed('Restart now: demo: high_cpu'));
    await mounted.eventually(() =>
      expect(document.body.textContent).toContain('The alert "high_cpu" is over already. Nothing was done.'),
    );
    expect(asked('machine.restart')).toEqual([]);
  });

  it('says that nothing asks for a person', async () => {
    await open([]);
    expect(document.body.textContent).toContain('Nothing asks for you.');
  });
});
