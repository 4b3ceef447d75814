import type { Operation } from '../../../main/contract/operation.ts';
import { useActions } from '../../components/actions.tsx';
import { Button } from '../../components/button.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark } from '../../components/mark.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { percent } from '../../format/sizes.ts';
import { fleetHref, go } from '../../route.ts';
import { modifierName } from '../../shell/modifier-name.ts';

interface CreateFooterProps {
  readonly operation: Operation | undefined;
  /** What went wrong with the last try; empty when nothing did. */
  readonly failure: string;
  /** `1 field to fix: port 2222`; empty when nothing is to be fixed. */
  readonly fixes: string;
  /** Why the machine cannot be made as it stands. */
  readonly off: string | undefined;
  readonly start: boolean;
  onStart(start: boolean): void;
  onCreate(): void;
}

export function CreateFooter({ operation, failure, fixes, off, start, onStart, onCreate }: CreateFooterProps) {
  const { cancel } = useActions();
  if (operation !== undefined) {
    return (
      <footer className="foot create-foot">
        <Mark kind="work" />
        <span className="create-words" role="status">
          Creating <ForeignText>{operation.machine}</ForeignText>
          {operation.step === null ? null : <ForeignText className="quiet">{`: ${operation.step}`}</ForeignText>}
        </span>
        <span className="operation-progress">
          <ProgressBar fraction={operation.progress} label={`Creating ${operation.machine}`} />
        </span>
        <span className="quiet">{operation.progress === null ? '' : percent(operation.progress)}</span>
        <span className="grow" />
        <Button
          off={operation.cancellable ? undefined : 'It is too late to cancel this.'}
          onClick={() => cancel(operation)}
        >
          Cancel the creation
        </Button>
      </footer>
    );
  }
  return (
    <footer className="foot create-foot">
      <span className="create-fixes crit cut" role="status">
        {fixes === '' && failure === '' ? null : (
          <>
            <Mark kind="crit" /> <ForeignText>{failure === '' ? fixes : failure}</ForeignText>
          </>
        )}
      </span>
      <span className="grow" />
      <Checkbox checked={start} onChange={onStart}>
        Start when created
      </Checkbox>
      <Button onClick={() => go(fleetHref)}>
        Cancel <kbd>Esc</kbd>
      </Button>
      <Button look="primary" off={off} onClick={onCreate}>
        {start ? 'Create and start' : 'Create'} <kbd>{modifierName} Enter</kbd>
      </Button>
    </footer>
  );
}
