import { afterEach, describe, expect, it, vi } from 'vitest';
import { VigilError } from '../../../main/contract/failure.ts';
import { type Change, createMirror } from '../../../renderer/client/mirror.ts';

/** A mirror of a list of words whose readings the test answers by hand. */
function wordsMirror(gathers = false) {
  const order: string[] = [];
  const answers: { resolve(words: string[]): void; reject(error: unknown): void }[] = [];
  let apply: (change: Change<readonly string[]>) => void = () => {};
  const mirror = createMirror<readonly string[]>({
    follow: (announce) => {
      order.push('listen');
      apply = announce;
      return () => order.push('leave');
    },
    read: () => {
      order.push('read');
      return new Promise((resolve, reject) => answers.push({ resolve, reject }));
    },
    gathers,
  });
  const change = (to: Change<readonly string[]>) => apply(to);
  return { mirror, order, answers, change, add: (word: string) => apply((words) => [...words, word]) };
}

describe('a mirror', () => {
  it('listens before it reads', () => {
    const { mirror, order } = wordsMirror();
    void mirror.refresh();
    expect(order).toEqual(['listen', 'read']);
  });

  it('applies what changed during the reading to what was read', async () => {
    const { mirror, answers, add } = wordsMirror();
    const reading = mirror.refresh();
    add('late');
    answers[0]?.resolve(['first']);
    await reading;
    expect(mirror.get().value).toEqual(['first', 'late']);
  });

  it('of two readings only the younger one counts', async () => {
    const { mirror, answers } = wordsMirror();
    const readings = [mirror.refresh(), mirror.refresh()];
    answers[1]?.resolve(['new']);
    answers[0]?.resolve(['old']);
    await Promise.all(readings);
    expect(mirror.get().value).toEqual(['new']);
  });

  it('keeps the old value beside the fault of a failed reading', async () => {
    const { mirror, answers } = wordsMirror();
    const first = mirror.refresh();
    answers[0]?.resolve(['kept']);
    await first;
    const second = mirror.refresh();
    answers[1]?.reject(new VigilError('unreachable', 'Gone.'));
    await second;
    expect(mirror.get()).toMatchObject({ value: ['kept'], error: { code: 'unreachable' } });
  });

  it('tells nobody of a change that changes nothing', async () => {
    const { mirror, answers, add, change } = wordsMirror();
    const reading = mirror.refresh();
    answers[0]?.resolve(['first']);
    await reading;
    let told = 0;
    mirror.subscribe(() => {
      told += 1;
    });
    change((words) => words);
    expect(told).toBe(0);
    add('second');
    expect(told).toBe(1);
  });

  it('changes nothing after it was stopped', async () => {
    const { mirror, answers, add, order } = wordsMirror();
    const reading = mirror.refresh();
    mirror.stop();
    answers[0]?.resolve(['late']);
    await reading;
    add('later');
    expect([mirror.get().value, order.at(-1)]).toEqual([null, 'leave']);
  });
});

describe('a mirror that gathers', () => {
  afterEach(() => void vi.useRealTimers());

  async function gathering() {
    vi.useFakeTimers();
    const rig = wordsMirror(true);
    const reading = rig.mirror.refresh();
    rig.answers[0]?.resolve(['read']);
    await reading;
    let drawn = 0;
    rig.mirror.subscribe(() => {
      drawn += 1;
    });
    return { ...rig, drawn: () => drawn };
  }

  it('takes a few changes in at once, each by itself', async () => {
    const { mirror, add, drawn } = await gathering();
    for (const word of ['one', 'two', 'three']) add(word);
    expect([mirror.get().value, drawn()]).toEqual([['read', 'one', 'two', 'three'], 3]);
  });

  it('draws sixty that come within a moment a few times, none lost and in order', async () => {
    const { mirror, add, drawn } = await gathering();
    const sixty = Array.from({ length: 60 }, (_, index) => `${index}`);
    for (const word of sixty) add(word);
    vi.advanceTimersByTime(100);
    expect([mirror.get().value, drawn()]).toEqual([['read', ...sixty], 5]);
    vi.advanceTimersByTime(200);
    add('later');
    expect([mirror.get().value?.at(-1), drawn()]).toEqual(['later', 6]);
  });

  it('puts nothing that waits over a reading that is younger', async () => {
    const { mirror, answers, add } = await gathering();
    for (const word of ['one', 'two', 'three', 'four', 'waits']) add(word);
    expect(mirror.get().value).not.toContain('waits');
    const reading = mirror.refresh();
    add('during');
    answers[1]?.resolve(['all of it']);
    await reading;
    vi.advanceTimersByTime(1000);
    expect(mirror.get().value).toEqual(['all of it', 'during']);
  });
});
