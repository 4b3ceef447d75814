import type { Machine } from '../../../main/contract/machine.ts';
import type { Operation } from '../../../main/contract/operation.ts';
import { operationWords } from '../../../main/contract/operation-words.ts';
import { useActions } from '../../components/actions.tsx';
import { Button } from '../../components/button.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import type { ShownVerb } from '../../components/machine-verbs.ts';
import { Mark } from '../../components/mark.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { Lasting } from '../../components/relative-time.tsx';
import { percent } from '../../format/sizes.ts';

interface OperationBarProps {
  readonly machine: Machine;
  readonly operation: Operation;
  readonly verbs: readonly ShownVerb[];
}

/** The work under way: what it does now, how far it is, and the ways out of it. */
export function OperationBar({ machine, operation, verbs }: OperationBarProps) {
  const { run, cancel } = useActions();
  const { kind, step, progress, cancellable, startedAt } = operation;
  return (
    <div className="notice-bar notice-plain" role="status">
      <Mark kind="work" />
      <span className="operation-words">
        <b>{operationWords[kind].doing}</b>
        {step === null ? null : (
          <>
            {' '}
            <ForeignText className="quiet">{`(${step})`}</ForeignText>
          </>
        )}
      </span>
      <span className="operation-progress">
        <ProgressBar fraction={progress} label={`${operationWords[kind].doing} ${machine.name}`} />
      </span>
      <span className="faint">
        {progress === null ? null : `${percent(progress)}, `}for <Lasting at={startedAt} />
      </span>
      <span className="grow" />
      <span className="notice-verbs">
        {(kind === 'stop' || kind === 'restart') && verbs.includes('force-stop') ? (
          <Button look="danger" onClick={() => run('force-stop', [machine])}>
            Force
          </Button>
        ) : null}
        {cancellable ? <Button onClick={() => cancel(operation)}>Cancel</Button> : null}
      </span>
    </div>
  );
}
