import { useEffect } from 'react';
import { isInSight, onSight } from '../client/page-sight.ts';
import { useSettings } from '../client/use-engine.ts';
import { sparkLikeness } from '../components/spark-likeness.ts';
import { facesInUse } from '../first-picture/faces.ts';
import { keepPicture } from '../first-picture/kept-picture.ts';
import { takePicture } from '../first-picture/take-picture.ts';

/** From one picture to the next: what is shown at a start is hardly older, unless nobody looked. */
const everyMs = 60_000;
/** What a page that was just drawn still takes in. */
const settlesMs = 1500;

/**
 * Keeps how the fleet looks for the next start, while it looks as a window opens: not filtered, not sorted, nothing chosen.
 * Of an empty fleet nothing is kept.
 */
export function useKeepFirstPicture(looks: 'as-it-opens' | 'otherwise' | 'empty'): void {
  const theme = useSettings()?.desktop.theme;
  useEffect(() => {
    if (looks === 'empty') keepPicture(null);
    if (looks !== 'as-it-opens' || theme === undefined) return;
    const take = () => {
      const app = document.querySelector('#root > .app');
      // A window opens at the top of its fleet.
      const isScrolled = (app?.querySelector('.fleet-place > *')?.scrollTop ?? 0) > 0;
      const parts = app === null || isScrolled ? null : takePicture(app, sparkLikeness);
      if (parts !== null) keepPicture({ takenAt: Date.now(), theme, faces: facesInUse(), parts });
    };
    const takeInSight = () => isInSight() && take();
    const first = setTimeout(takeInSight, settlesMs);
    const timer = setInterval(takeInSight, everyMs);
    // Also the last that is heard of a window that closes.
    const undo = onSight(() => !isInSight() && take());
    return () => {
      clearTimeout(first);
      clearInterval(timer);
      undo();
    };
  }, [looks, theme]);
}
