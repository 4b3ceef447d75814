import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { modifierName } from './modifier-name.ts';

const keys: readonly (readonly [keys: readonly string[], does: string])[] = [
  [[modifierName, 'K'], 'search or run anything'],
  [['G', 'F'], 'go to the fleet'],
  [['G', 'A'], 'go to the alerts'],
  [['G', 'O'], 'go to the forecasts'],
  [['G', 'C'], 'go to the activity'],
  [['G', 'H'], 'go to the hooks'],
  [['G', 'S'], 'go to the settings'],
  [['/'], 'filter'],
  [['↑', '↓', 'Home', 'End'], 'move in a list'],
  [['Enter'], 'open'],
  [['Space'], 'select'],
  [['Shift', '↑', '↓'], 'select more'],
  [['W'], 'why: the timeline of a machine'],
  [['A'], 'acknowledge the alert'],
  [['S'], 'snooze the alert'],
  [['[', ']'], 'shorter, longer range of the charts'],
  [['R'], 'read everything now'],
  [['+', '-'], 'readings more often, or less often'],
  [[modifierName, 'Enter'], 'create the machine'],
  [['F6'], 'next region of the window'],
  [['Esc'], 'one layer back'],
  [['?'], 'these keys'],
];

export function KeysDialog({ onClose }: { onClose(): void }) {
  return (
    <Dialog
      title="Keys"
      onClose={onClose}
      choices={
        <Button data-safe onClick={onClose}>
          Close
        </Button>
      }
    >
      <dl className="keys">
        {keys.map(([pressed, does]) => (
          <div key={does}>
            <dt>
              {pressed.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
