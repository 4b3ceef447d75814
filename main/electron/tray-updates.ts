import type { TrayView } from './tray-view.ts';

export interface TrayUpdatesParts {
  view(): TrayView;
  draw(view: TrayView): void;
  /** Runs `action` once after `delayMs`; the result undoes it. */
  after(delayMs: number, action: () => void): () => void;
}

/** Changes come in bursts; the desktop's bus sees one drawing per burst. */
const gatherMs = 100;
/** The tooltip tells ages in minutes. */
const ageMs = 30_000;

export interface TrayUpdates {
  /** Something changed: draw soon. */
  changed(): void;
  /** Final. */
  stop(): void;
}

/** Draws at most ten times a second, and while nothing happens twice a minute where ages are told, so that they stay true. */
export function createTrayUpdates({ view, draw, after }: TrayUpdatesParts): TrayUpdates {
  let stopped = false;
  let gathering = false;
  let cancel = after(ageMs, update);

  function update(): void {
    gathering = false;
    const next = view();
    draw(next);
    if (!stopped && next.tellsAge) cancel = after(ageMs, update);
  }

  return {
    changed: () => {
      if (stopped || gathering) return;
      gathering = true;
      cancel();
      cancel = after(gatherMs, update);
    },
    stop: () => {
      stopped = true;
      cancel();
    },
  };
}
