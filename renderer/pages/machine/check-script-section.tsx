import { lazy, Suspense, useState } from 'react';
import type { Machine } from '../../../main/contract/machine.ts';
import { useCheckScript } from '../../client/use-check-script.ts';
import { Button } from '../../components/button.tsx';
import { EngineSentence } from '../../components/engine-sentence.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark } from '../../components/mark.tsx';
import { scriptStates } from '../../components/script-state.ts';

const CodeEditor = lazy(() =>
  import('../../editor/code-editor.tsx').then(({ CodeEditor: editor }) => ({ default: editor })),
);

interface CheckScriptSectionProps {
  readonly machine: Machine;
  readonly path: string;
}

/** The script that checks a machine: whether it may run, and its text, to look at before it is approved. */
export function CheckScriptSection({ machine, path }: CheckScriptSectionProps) {
  const [isShown, setIsShown] = useState(false);
  const { script, error, approve } = useCheckScript(machine, path, isShown);
  const look = script === null ? null : scriptStates[script.state];
  const isWaiting = script?.state === 'waiting' || script?.state === 'changed';
  return (
    <section className="facts check-script" aria-label="Check script">
      <h3 className="section-title">Check script</h3>
      <div className="check-script-body">
        <div className="check-script-head">
          {look === null ? null : (
            <span className="hook-state">
              <Mark kind={look.mark} />
              {look.words}
            </span>
          )}
          <code className="cut grow">
            <ForeignText>{path}</ForeignText>
          </code>
          {script === null || script.text === null ? null : (
            <Button onClick={() => setIsShown(!isShown)}>{isShown ? 'Hide its text' : 'Look at it'}</Button>
          )}
          {isWaiting ? (
            <Button
              look="primary"
              onClick={approve}
              off={isShown || script.text === null ? undefined : 'Look at it first.'}
            >
              Approve as it is
            </Button>
          ) : null}
        </div>
        {script?.reason === null || script?.reason === undefined ? null : (
          <p className="warn">
            <EngineSentence>{script.reason}</EngineSentence>
          </p>
        )}
        {error === null ? null : (
          <p className="crit" role="alert">
            <EngineSentence>{error.message}</EngineSentence>
          </p>
        )}
        {isShown && script !== null && script.text !== null ? (
          <Suspense fallback={<div className="code-editor" />}>
            <CodeEditor label={`Text of ${script.path}`} text={script.text} />
          </Suspense>
        ) : null}
      </div>
    </section>
  );
}
