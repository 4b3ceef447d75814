import { type CheckKind, type CheckReport, checkMethodWords } from '../../../main/contract/health-check.ts';
import { EngineSentence } from '../../components/engine-sentence.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark, type MarkKind } from '../../components/mark.tsx';
import { Ago } from '../../components/relative-time.tsx';

const kindMarks: Readonly<Record<CheckKind, MarkKind>> = { ok: 'ok', degraded: 'warn', failed: 'crit', unknown: 'unk' };
const kindWords: Readonly<Record<CheckKind, string>> = {
  ok: 'Well',
  degraded: 'Degraded',
  failed: 'Failed',
  unknown: 'Unknown',
};

/** The last result of every check, the one that decides first. */
export function ChecksTable({ checks }: { readonly checks: readonly CheckReport[] }) {
  if (checks.length === 0) return null;
  return (
    <section className="facts checks" aria-label="Checks">
      <h3 className="section-title">Checks</h3>
      <table className="snapshots-table">
        <thead>
          <tr>
            <th scope="col">Check</th>
            <th scope="col">Result</th>
            <th scope="col" className="number">
              Failures
            </th>
            <th scope="col" className="number">
              Took
            </th>
            <th scope="col" className="number">
              When
            </th>
          </tr>
        </thead>
        <tbody>
          {checks.map((check) => (
            <tr key={`${check.method} ${check.subject}`}>
              <th scope="row">
                {checkMethodWords[check.method]}
                {check.subject === null ? null : (
                  <div className="mono check-subject">
                    <ForeignText>{check.subject}</ForeignText>
                  </div>
                )}
              </th>
              <td>
                <Result check={check} />
              </td>
              <td className={check.failures >= check.threshold ? 'number crit' : 'number'}>
                {check.failures} of {check.threshold}
              </td>
              <td className="number">{took(check.durationMs)}</td>
              <td className="number quiet">
                <Ago at={check.at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Result({ check: { advice, kind, reason } }: { readonly check: CheckReport }) {
  return (
    <div className="check-result">
      <Mark kind={kindMarks[kind]} />
      <span>
        <b className={kind === 'failed' ? 'crit' : kind === 'degraded' ? 'warn' : undefined}>{kindWords[kind]}</b>{' '}
        <span className="quiet">
          <EngineSentence>{reason}</EngineSentence>
        </span>
        {advice === null ? null : (
          <div className="faint">
            <EngineSentence>{advice}</EngineSentence>
          </div>
        )}
      </span>
    </div>
  );
}

/** `12 ms`, `1.4 s`. */
function took(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
