import { Pause, Play } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { NextRound } from '../../components/next-round.tsx';
import { clockTime } from '../../format/times.ts';
import { IntervalControl } from './interval-control.tsx';

interface FleetFootProps {
  /** Since when the readings stand still, milliseconds since 1970; null while they are live. */
  readonly heldAt: number | null;
  onHold(): void;
}

/** When readings came and come, whether they move, how often they are taken. */
export function FleetFoot({ heldAt, onHold }: FleetFootProps) {
  return (
    <footer className="foot">
      {heldAt === null ? (
        <NextRound />
      ) : (
        <span>
          <b className="foot-strong">Held</b> at {clockTime(heldAt)}; readings go on being taken
        </span>
      )}
      <Button
        look="plain"
        size="small"
        icon={heldAt === null ? Pause : Play}
        aria-label={heldAt === null ? 'Hold the readings still' : 'Show live readings'}
        aria-pressed={heldAt !== null}
        onClick={onHold}
      />
      <IntervalControl />
      <span className="grow" />
      <span className="foot-note">MB/s unless said</span>
      <span className="foot-keys">
        <kbd>R</kbd> read now <kbd>+</kbd> <kbd>-</kbd> interval <kbd>Enter</kbd> open <kbd>?</kbd> all keys
      </span>
    </footer>
  );
}
