import { useState } from 'react';
import { errorOf, failureOf } from '../../../main/contract/failure.ts';
import type { HookRun, HookRunSummary } from '../../../main/contract/hook.ts';
import { useClient } from '../../client/client-context.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark } from '../../components/mark.tsx';
import { Ago } from '../../components/relative-time.tsx';
import { consoleText } from '../../format/console-text.ts';
import { outcomeLooks } from './hook-words.ts';

interface HookRunsProps {
  readonly runs: readonly HookRunSummary[];
  readonly shown: HookRun | null;
  onShow(run: HookRun): void;
}

/** The last runs of one hook; one of them with what it printed. */
export function HookRuns({ runs, shown, onShow }: HookRunsProps) {
  const { connection } = useClient();
  const [fault, setFault] = useState<string | null>(null);
  const show = (run: string): void => {
    connection.call('hook.run', { run }).then(
      (whole) => {
        setFault(null);
        onShow(whole);
      },
      (error: unknown) => setFault(errorOf(failureOf(error)).message),
    );
  };
  return (
    <div className="hook-runs">
      <section aria-label="Last runs">
        <h3>Runs</h3>
        {runs.length === 0 ? (
          <p className="quiet">It was not run yet.</p>
        ) : (
          <table>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Outcome</th>
                <th scope="col">Exit</th>
                <th scope="col">Took</th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <tr key={run.id} aria-current={run.id === shown?.id || undefined}>
                  <td>
                    <button type="button" className="hook-run-link" onClick={() => show(run.id)}>
                      <Ago at={run.at} />
                    </button>
                  </td>
                  <td>
                    <span className="hook-state">
                      <Mark kind={outcomeLooks[run.outcome].mark} />
                      {outcomeLooks[run.outcome].words}
                      {run.isTest ? <span className="quiet"> (test)</span> : null}
                    </span>
                  </td>
                  <td className="number">{run.exitCode ?? run.signal ?? '–'}</td>
                  <td className="number">
                    {run.durationMs === null ? '–' : `${(run.durationMs / 1000).toFixed(1)} s`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
      <section aria-label="Output" aria-live="polite">
        <h3>Output</h3>
        {fault === null ? null : (
          <p className="crit" role="alert">
            <ForeignText>{fault}</ForeignText>
          </p>
        )}
        {shown === null ? (
          <p className="quiet">Choose a run, or test the hook, to see what it printed.</p>
        ) : (
          <>
            <p>
              <ForeignText>{shown.summary}</ForeignText>
            </p>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard */}
            <pre className="hook-output" tabIndex={0}>
              {printedBy(shown) || 'It printed nothing.'}
            </pre>
          </>
        )}
      </section>
    </div>
  );
}

/** What went to either stream, never run into each other. */
function printedBy({ stdout, stderr }: HookRun): string {
  return [stdout, stderr]
    .filter((text) => text !== '')
    .map((text) => consoleText(text).replace(/\n$/, ''))
    .join('\n');
}
