import type { EngineNotices } from '../notices/engine-notices.ts';
import type { Clock } from '../ports/clock.ts';
import type { ObserverDesk } from './observer.ts';

/** One word to the person for all that is far away, for as long as the fault may be on our side. */
export interface FarDoubt {
  raise(reason: string, graceMs: number): void;
  stop(): void;
}

const noticeId = 'healing far away';

export function createFarDoubt(clock: Clock, notices: EngineNotices, observer: ObserverDesk): FarDoubt {
  let isRaised = false;
  let cancelEnd: () => void = () => {};
  return {
    raise: (reason, graceMs) => {
      observer.doubted();
      cancelEnd();
      if (!isRaised) {
        isRaised = true;
        notices.raise(noticeId, 'warning', `Nothing far away is healed for now. ${reason}`);
      }
      cancelEnd = clock.after(2 * graceMs, () => {
        isRaised = false;
        notices.clear(noticeId);
      });
    },
    stop: () => cancelEnd(),
  };
}
