import { lazy, Suspense, useEffect, useState } from 'react';
import { errorOf, failureOf, type VigilError } from '../../../main/contract/failure.ts';
import {
  type Hook,
  type HookEvent,
  type HookRun,
  type HookRunSummary,
  hookEventWords,
} from '../../../main/contract/hook.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { useClient } from '../../client/client-context.tsx';
import { Button } from '../../components/button.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark } from '../../components/mark.tsx';
import { scriptStates } from '../../components/script-state.ts';
import { visibleText } from '../../format/visible-text.ts';
import { HookRuns } from './hook-runs.tsx';
import { newScript } from './hook-words.ts';

/** Loaded when somebody looks at a hook: no other page pays for it. */
const CodeEditor = lazy(() =>
  import('../../editor/code-editor.tsx').then(({ CodeEditor: editor }) => ({ default: editor })),
);

interface HookEditorProps {
  readonly machine: Machine;
  readonly event: HookEvent;
  /** Undefined where nobody is told. */
  readonly hook: Hook | undefined;
  readonly runs: readonly HookRunSummary[];
}

/** One script: its text, whether it may run, and how it went. */
export function HookEditor({ machine, event, hook, runs }: HookEditorProps) {
  const { connection } = useClient();
  const [saved, setSaved] = useState<string | null>(null);
  const [text, setText] = useState('');
  const [busy, setBusy] = useState<string | null>(null);
  const [error, setError] = useState<VigilError | null>(null);
  const [shown, setShown] = useState<HookRun | null>(null);
  const about = { machine: machine.id, event };
  const path = hook?.path;
  const sha256 = hook?.sha256;

  // biome-ignore lint/correctness/useExhaustiveDependencies: other bytes at the same path are another text
  useEffect(() => {
    let isCurrent = true;
    if (path === undefined) {
      setSaved('');
      setText((typed) => (typed === '' ? newScript : typed));
      return;
    }
    connection.call('hook.read', { machine: machine.id, event }).then(
      (read) => {
        if (!isCurrent) return;
        setSaved(read.text);
        setText(read.text);
        setError(null);
      },
      (fault: unknown) => isCurrent && setError(errorOf(failureOf(fault))),
    );
    return () => {
      isCurrent = false;
    };
  }, [connection, machine.id, event, path, sha256]);

  const doing = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    setBusy(what);
    setError(null);
    try {
      await work();
    } catch (fault) {
      setError(errorOf(failureOf(fault)));
    } finally {
      setBusy(null);
    }
  };
  const save = () =>
    doing('Saving', async () => {
      await connection.call('hook.write', { ...about, text });
      setSaved(text);
    });
  const test = () => doing('Testing', async () => setShown(await connection.call('hook.test', about)));
  const approve = () =>
    doing('Approving', () => connection.call('hook.approve', { ...about, sha256: hook?.sha256 ?? '' }));
  const clear = () => doing('Removing', () => connection.call('hook.clear', about));

  const isChanged = text !== saved;
  const wait = busy === null ? undefined : `${busy}…`;
  const look = hook === undefined ? null : scriptStates[hook.state];
  return (
    <section className="hook-editor" aria-label={`Hook ${event} of ${machine.name}`}>
      <header className="hook-head">
        <div className="grow">
          <h2>
            {event} <span className="quiet">of</span> <ForeignText>{machine.name}</ForeignText>
          </h2>
          <p className="quiet">{hookEventWords[event]}</p>
        </div>
        {hook?.state === 'waiting' || hook?.state === 'changed' ? (
          <Button onClick={approve} off={wait ?? (isChanged ? 'Save or undo your changes first.' : undefined)}>
            Approve as it is
          </Button>
        ) : null}
        <Button
          onClick={test}
          off={wait ?? (hook === undefined ? 'Save it first.' : isChanged ? 'Save your changes first.' : undefined)}
        >
          {busy === 'Testing' ? 'Testing…' : 'Test'}
        </Button>
        {hook === undefined ? null : (
          <Button look="plain" onClick={clear} off={wait} title="Nobody is told any more; the file stays">
            Remove
          </Button>
        )}
        <Button look="primary" onClick={save} off={wait ?? (isChanged ? undefined : 'Nothing was changed.')}>
          Save and approve
        </Button>
      </header>
      <p className="hook-meta">
        {hook === undefined || look === null ? (
          <span className="quiet">Nobody is told of it yet.</span>
        ) : (
          <>
            <span className="hook-state">
              <Mark kind={look.mark} />
              {look.words}
            </span>
            <code className="cut grow" title={visibleText(hook.path)}>
              <ForeignText>{hook.path}</ForeignText>
            </code>
          </>
        )}
        <span className="quiet hook-rights">Runs as you, never with more rights.</span>
      </p>
      {hook?.reason === null || hook?.reason === undefined ? null : (
        <p className="hook-note warn">
          <ForeignText>{hook.reason}</ForeignText>
        </p>
      )}
      {error === null ? null : (
        <p className="hook-note crit" role="alert">
          <ForeignText>{error.message}</ForeignText>
        </p>
      )}
      <Suspense fallback={<div className="code-editor" />}>
        <CodeEditor
          label="Text of the script"
          text={text}
          onChange={setText}
          onSave={() => {
            if (isChanged && busy === null) void save();
          }}
          onRun={() => {
            if (hook !== undefined && !isChanged && busy === null) void test();
          }}
        />
      </Suspense>
      <HookRuns runs={runs} shown={shown} onShow={setShown} />
    </section>
  );
}
