import type { Handlers } from '../../contract/calls.ts';
import { type HealingPause, healingNotice } from '../../contract/healing.ts';
import type { Happening, Ledger } from '../journal/ledger.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { EngineNotices } from '../notices/engine-notices.ts';
import type { Clock } from '../ports/clock.ts';
import type { HealingPauseRecord } from '../ports/state-store.ts';

/** The pause of all healing that a person asked for: kept, told, and over by itself when its time has come. */
export interface HealingPauseKeeper {
  readonly handlers: Pick<Handlers, 'lifecycle.pause' | 'lifecycle.resume' | 'lifecycle.healing-pause'>;
  /** Wall-clock milliseconds, infinity while nobody said how long; null when healing goes on. */
  until(): number | null;
  /** Tells what an earlier life left, and waits for its end. */
  begin(): void;
  stop(): void;
}

export interface HealingPausePorts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly notices: EngineNotices;
  /** It began or ended. */
  changed(): void;
}

export function keepHealingPause(ports: HealingPausePorts, stored: HealingPauseRecord | null): HealingPauseKeeper {
  const { clock, ledger, notices } = ports;
  let pause = stored;
  let cancelEnd: () => void = () => {};

  const tell = (): void => {
    cancelEnd();
    if (pause === null) {
      notices.clear(healingNotice);
      return;
    }
    const until = pause.until === null ? 'until someone lets it go on' : `until ${isoTime(pause.until)}`;
    notices.raise(
      healingNotice,
      'warning',
      `Healing is paused ${until}.`,
      'Let it go on with `vigil lifecycle resume`.',
    );
    if (pause.until === null) return;
    cancelEnd = clock.after(Math.max(0, pause.until - clock.wallNow()), () => {
      void set(null, { action: 'healing.resumed', actor: 'engine', summary: 'The pause of healing is over.' });
    });
  };
  const set = (next: HealingPauseRecord | null, happening: Happening): Promise<void> => {
    pause = next;
    const durable = ledger.conclude([{ kind: 'healing-pause-put', pause }], happening);
    tell();
    ports.changed();
    return durable;
  };
  const view = (): HealingPause =>
    pause === null ? { paused: false } : { paused: true, until: pause.until === null ? null : isoTime(pause.until) };

  return {
    until: () => (pause === null ? null : (pause.until ?? Number.POSITIVE_INFINITY)),
    begin: tell,
    stop: () => cancelEnd(),
    handlers: {
      'lifecycle.pause': async ({ seconds }, { face, user }) => {
        const until = seconds === 'until-resumed' ? null : clock.wallNow() + seconds * 1000;
        const summary = `Healing was paused${until === null ? '' : ` until ${isoTime(until)}`}.`;
        await set({ until }, { action: 'healing.paused', actor: 'user', summary, details: { user, face } });
        return view();
      },
      'lifecycle.resume': async (_input, { face, user }) => {
        if (pause !== null) {
          const summary = 'Healing goes on.';
          await set(null, { action: 'healing.resumed', actor: 'user', summary, details: { user, face } });
        }
        return view();
      },
      'lifecycle.healing-pause': view,
    },
  };
}
