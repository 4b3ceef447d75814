import type { Operation } from '../../../main/contract/operation.ts';
import { operationWords } from '../../../main/contract/operation-words.ts';
import { useActions } from '../../components/actions.tsx';
import { Button } from '../../components/button.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark } from '../../components/mark.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { Lasting } from '../../components/relative-time.tsx';
import { percent } from '../../format/sizes.ts';
import { machineHref } from '../../route.ts';

export function RunningOperations({ operations }: { readonly operations: readonly Operation[] }) {
  const { cancel } = useActions();
  return (
    <section aria-label="Under way">
      <header className="section-head">
        <h2>Under way</h2>
      </header>
      <ul className="running">
        {operations.map((operation) => {
          const { id, kind, machine, machineId, progress, step, startedAt, cancellable } = operation;
          return (
            <li key={id}>
              <Mark kind="work" />
              <a className="cut" href={machineHref(machineId)}>
                <ForeignText>{machine}</ForeignText>
              </a>
              <span className="work">
                {operationWords[kind].doing}
                {progress === null ? '' : ` ${percent(progress)}`}
              </span>
              <ProgressBar fraction={progress} label={`${operationWords[kind].doing} ${machine}`} />
              <ForeignText className="quiet cut">{step ?? ''}</ForeignText>
              <span className="faint">
                <Lasting at={startedAt} />
              </span>
              <Button
                size="small"
                off={cancellable ? undefined : 'It is too late to cancel this.'}
                aria-label={`Cancel: ${operationWords[kind].doing} ${machine}`}
                onClick={() => cancel(operation)}
              >
                Cancel
              </Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
