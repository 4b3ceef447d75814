import type { Operation } from '../../main/contract/operation.ts';
import { operationWords } from '../../main/contract/operation-words.ts';
import { percent } from '../format/sizes.ts';
import { ForeignText } from './foreign-text.tsx';
import { ProgressBar } from './progress-bar.tsx';

/** An operation in the place of a state: verb, bar, percent; without a number, what it does right now. */
export function OperationCell({ operation }: { readonly operation: Operation }) {
  const { kind, progress, step } = operation;
  const doing = operationWords[kind].doing;
  return (
    <span className="operation-cell" title={step === null ? doing : `${doing}: ${step}`}>
      <span className="work">{doing}</span>
      {progress === null && step !== null ? (
        <ForeignText className="quiet cut">{step}</ForeignText>
      ) : (
        <ProgressBar fraction={progress} label={`${doing} ${operation.machine}`} />
      )}
      {progress === null ? null : <span className="work">{percent(progress)}</span>}
    </span>
  );
}
