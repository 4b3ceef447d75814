import { ArrowDown, ArrowUp } from 'lucide-react';
import { type HealingRung, healingRungs, healingRungWords } from '../../../main/contract/healing.ts';
import { Button } from '../../components/button.tsx';
import { Checkbox } from '../../components/checkbox.tsx';

interface LadderFieldProps {
  readonly ladder: readonly HealingRung[];
  onChange(ladder: readonly HealingRung[]): void;
}

/** `Restart its unit`. */
export function rungWord(rung: HealingRung): string {
  const words = healingRungWords[rung];
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

/** What may be tried, and in which order: the chosen rungs first, as they are tried. */
export function LadderField({ ladder, onChange }: LadderFieldProps) {
  const left = healingRungs.filter((rung) => !ladder.includes(rung));
  const move = (place: number, by: -1 | 1): void => {
    const next = [...ladder];
    const [moved] = next.splice(place, 1);
    if (moved !== undefined) next.splice(place + by, 0, moved);
    onChange(next);
  };
  return (
    <fieldset className="ladder">
      <legend>What may be tried, in this order</legend>
      <ol>
        {[...ladder, ...left].map((rung, place) => {
          const isChosen = place < ladder.length;
          return (
            <li key={rung}>
              <span className="ladder-place faint">{isChosen ? `${place + 1}.` : ''}</span>
              <Checkbox
                checked={isChosen}
                onChange={(chosen) => onChange(chosen ? [...ladder, rung] : ladder.filter((each) => each !== rung))}
              >
                {rungWord(rung)}
              </Checkbox>
              {isChosen ? (
                <span className="ladder-moves">
                  <Button
                    look="plain"
                    size="small"
                    icon={ArrowUp}
                    aria-label={`Try “${healingRungWords[rung]}” earlier`}
                    off={place === 0 ? 'It is tried first.' : undefined}
                    onClick={() => move(place, -1)}
                  />
                  <Button
                    look="plain"
                    size="small"
                    icon={ArrowDown}
                    aria-label={`Try “${healingRungWords[rung]}” later`}
                    off={place === ladder.length - 1 ? 'It is tried last.' : undefined}
                    onClick={() => move(place, 1)}
                  />
                </span>
              ) : null}
            </li>
          );
        })}
      </ol>
    </fieldset>
  );
}
