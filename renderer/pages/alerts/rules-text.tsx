import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type AlertText, type AlertTextFault, fileLineOf } from '../../../main/contract/alert-text.ts';
import { errorOf, failureOf, type VigilError } from '../../../main/contract/failure.ts';
import { useClient } from '../../client/client-context.tsx';
import { useAlertText } from '../../client/use-alerts.ts';
import { Button } from '../../components/button.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark } from '../../components/mark.tsx';
import { SkeletonRows } from '../../components/patience.tsx';
import { useToast } from '../../components/toasts.tsx';
import { visibleText } from '../../format/visible-text.ts';
import { keyHelp, withValue } from './rule-key-help.ts';

/** Loaded when somebody looks at the file: no other page pays for it. */
const CodeEditor = lazy(() =>
  import('../../editor/code-editor.tsx').then(({ CodeEditor: editor }) => ({ default: editor })),
);

/** While a person types, the text is judged once for each pause. */
const pauseMs = 350;

/** The rules as they stand in the file, with what is wrong named by line; nothing broken is ever written. */
export function RulesText() {
  const { value: read, error: unread, retry } = useAlertText();
  if (read === null) {
    if (unread === null) return <SkeletonRows count={12} what="the file" />;
    return (
      <section className="rule-editor" aria-label="The file of the rules">
        <p className="rule-fault crit" role="alert">
          <ForeignText>{`${unread.message}${unread.hint === undefined ? '' : ` ${unread.hint}`}`}</ForeignText>{' '}
          <Button size="small" onClick={retry}>
            Try again
          </Button>
        </p>
      </section>
    );
  }
  return <Editor read={read} />;
}

function Editor({ read }: { readonly read: AlertText }) {
  const { connection } = useClient();
  const toast = useToast();
  // What it was begun from; another version of the file is taken over only where nothing was typed.
  const [base, setBase] = useState(read);
  const [text, setText] = useState(read.text);
  const [faults, setFaults] = useState<readonly AlertTextFault[]>(read.faults);
  const [error, setError] = useState<VigilError | null>(null);
  const [caret, setCaret] = useState(1);
  const [busy, setBusy] = useState(false);
  const isChanged = text !== base.text;
  const isOutdated = isChanged && read.version !== base.version;
  const take = useCallback((next: AlertText): void => {
    setBase(next);
    setText(next.text);
    setFaults(next.faults);
    setError(null);
  }, []);
  useEffect(() => {
    if (!isChanged && read.version !== base.version) take(read);
  }, [read, base, isChanged, take]);

  const asked = useRef(0);
  useEffect(() => {
    if (text === base.text) {
      setFaults(base.faults);
      return;
    }
    asked.current += 1;
    const own = asked.current;
    const timer = setTimeout(() => {
      connection.call('alert.judge-text', { text }).then(
        (found) => {
          if (own !== asked.current) return;
          setFaults(found);
          setError(null);
        },
        (fault: unknown) => own === asked.current && setError(errorOf(failureOf(fault))),
      );
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [connection, text, base]);

  const save = async (): Promise<void> => {
    if (!isChanged || busy) return;
    setBusy(true);
    asked.current += 1;
    try {
      take(await connection.call('alert.write-text', { text, version: base.version }));
      toast({ mark: 'ok', text: 'The rules are in force.' });
    } catch (fault) {
      setError(errorOf(failureOf(fault)));
    } finally {
      setBusy(false);
    }
  };
  const lines = useMemo(() => text.split('\n'), [text]);
  const lineName = useCallback((line: number) => fileLineOf(line, lines, base.hidden), [lines, base]);
  const faulty = useMemo(() => faults.flatMap(({ shownLine }) => shownLine ?? []), [faults]);
  const file = base.path.split(/[\\/]/).at(-1) ?? base.path;
  const why = busy
    ? 'It is being written.'
    : faults.length > 0
      ? `Mend line ${faults[0]?.line ?? ''} first.`
      : isChanged
        ? undefined
        : 'Nothing was changed.';
  return (
    <section className="rule-editor" aria-label="The file of the rules">
      <header className="rule-head">
        <h2 className="cut">{file}</h2>
        <span className="small quiet grow cut" title={visibleText(base.path)}>
          <ForeignText>{base.path}</ForeignText>
        </span>
        <Button
          size="small"
          onClick={() => (isOutdated ? take(read) : setText(base.text))}
          off={isChanged ? undefined : 'Nothing was changed.'}
        >
          Undo
        </Button>
        <Button look="primary" size="small" onClick={() => void save()} off={why}>
          Save
        </Button>
      </header>
      <Faults file={file} faults={faults} error={error} isOutdated={isOutdated} />
      <Suspense fallback={<div className="code-editor" />}>
        <CodeEditor
          label="Text of the rules"
          language="yaml"
          text={text}
          onChange={setText}
          onSave={() => void save()}
          onCaret={setCaret}
          lineName={lineName}
          faulty={faulty}
        />
      </Suspense>
      <Help
        line={lines[caret - 1] ?? ''}
        onValue={(value) =>
          setText(lines.map((each, index) => (index === caret - 1 ? withValue(each, value) : each)).join('\n'))
        }
      />
    </section>
  );
}

interface FaultsProps {
  readonly file: string;
  readonly faults: readonly AlertTextFault[];
  readonly error: VigilError | null;
  readonly isOutdated: boolean;
}

/** What is wrong, by file, line and field; and that nothing of it is in force. */
function Faults({ file, faults, error, isOutdated }: FaultsProps) {
  return (
    <div className="rule-faults" role="status" aria-label="What is wrong with the text">
      {isOutdated ? (
        <p className="warn small">
          <Mark kind="warn" /> The file was changed by somebody else meanwhile. Undo takes over how it is now.
        </p>
      ) : null}
      {error === null ? null : (
        <p className="crit small">
          <Mark kind="crit" />{' '}
          <ForeignText>{`${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}`}</ForeignText>
        </p>
      )}
      {faults.length === 0 ? (
        error === null && !isOutdated ? (
          <p className="small quiet">
            <Mark kind="ok" /> Good. Addresses and passwords are not shown here, and stay as they are.
          </p>
        ) : null
      ) : (
        <>
          <ul>
            {faults.map(({ line, message }) => (
              <li key={`${line} ${message}`} className="small crit">
                <Mark kind="crit" />{' '}
                <ForeignText>{`${file}${line === null ? '' : ` line ${line}`}: ${message}`}</ForeignText>
              </li>
            ))}
          </ul>
          <p className="small quiet">The last good rules stay in force; nothing broken is written.</p>
        </>
      )}
    </div>
  );
}

/** What the line at the caret takes; a press puts it there. */
function Help({ line, onValue }: { readonly line: string; onValue(value: string): void }) {
  const help = keyHelp(line);
  return (
    <div className="rule-help small" aria-live="polite">
      {help === null ? (
        <span className="faint">Place the caret on a key of a rule to see what it takes.</span>
      ) : (
        <>
          <b>{help.key}</b> <span className="quiet">{help.words}</span>
          <span className="rule-help-values">
            {help.values.map((value) => (
              <button key={value} type="button" className="tag rule-help-value" onClick={() => onValue(value)}>
                {value}
              </button>
            ))}
          </span>
        </>
      )}
    </div>
  );
}
