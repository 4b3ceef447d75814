import { useEffect, useState } from 'react';
import { failureOf } from '../../../main/contract/failure.ts';
import {
  type HealingRehearsal,
  type HealingRung,
  healingRungs,
  type RestartPolicy,
} from '../../../main/contract/healing.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { useClient } from '../../client/client-context.tsx';
import { EngineSentence } from '../../components/engine-sentence.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark, type MarkKind } from '../../components/mark.tsx';
import { Moment } from '../../components/relative-time.tsx';
import { guardWords } from '../../format/guard-words.ts';
import { counted } from '../../format/sizes.ts';

/** What has been recorded is as old as this at most. */
const days = 30;
/** The whole of it belongs to the timeline. */
const stepsShown = 8;

const stepMarks: Readonly<Record<HealingRehearsal['steps'][number]['kind'], MarkKind>> = {
  failed: 'crit',
  'would-act': 'work',
  refuse: 'off',
  'give-up': 'crit',
  'well-again': 'ok',
};

const stepWords: Readonly<Record<HealingRehearsal['steps'][number]['kind'], string>> = {
  failed: 'Failed',
  'would-act': 'Would act',
  refuse: 'Would wait',
  'give-up': 'Would give up',
  'well-again': 'Well again',
};

interface RehearsalProps {
  readonly machine: Machine;
  readonly policy: RestartPolicy;
  /** As it is chosen, kept or not. */
  readonly ladder: readonly HealingRung[];
}

/** What a policy would have done to this machine, before a person chooses it. */
export function Rehearsal({ machine: { id }, policy, ladder }: RehearsalProps) {
  const { connection } = useClient();
  const [state, setState] = useState<{ readonly found: HealingRehearsal | null; readonly error: string | null }>({
    found: null,
    error: null,
  });
  // The same steps in the same order are the same question, whichever list says so.
  const rungs = ladder.join(' ');
  useEffect(() => {
    let isCurrent = true;
    setState({ found: null, error: null });
    connection.call('lifecycle.rehearse', { machine: id, policy, ladder: rungsIn(rungs), days }).then(
      (found) => isCurrent && setState({ found, error: null }),
      (error: unknown) => isCurrent && setState({ found: null, error: failureOf(error).message }),
    );
    return () => {
      isCurrent = false;
    };
  }, [connection, id, policy, rungs]);
  const { found, error } = state;
  return (
    <section className="rehearsal" aria-label="What it would have done" aria-busy={found === null && error === null}>
      <h4>In the last {days} days it would have…</h4>
      {error === null ? null : (
        <p className="crit">
          <ForeignText>{error}</ForeignText>
        </p>
      )}
      {found === null ? null : <Found found={found} />}
    </section>
  );
}

function rungsIn(rungs: string): HealingRung[] {
  const chosen = rungs.split(' ');
  return healingRungs.filter((rung) => chosen.includes(rung)).sort((a, b) => chosen.indexOf(a) - chosen.indexOf(b));
}

function Found({ found: { failures, from, restarts, steps } }: { readonly found: HealingRehearsal }) {
  if (failures === 0) {
    return (
      <p className="quiet">
        …done nothing: no failure is recorded since <Moment at={from} />.
      </p>
    );
  }
  const shown = steps.slice(-stepsShown).reverse();
  return (
    <>
      <p>
        …seen <b>{counted(failures, 'failure')}</b> and made <b>{counted(restarts, 'restart')}</b>
        <span className="faint">
          {' '}
          since <Moment at={from} />
        </span>
      </p>
      <ul>
        {shown.map(({ at, guard, kind, reason }, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two steps may share their moment; the list is drawn as a whole
          <li key={`${at} ${place}`}>
            <Mark kind={stepMarks[kind]} />
            <span>
              <b>{stepWords[kind]}</b> {guard === null ? null : <span className="tag">{guardWords[guard]}</span>}{' '}
              <span className="quiet">
                <EngineSentence>{reason}</EngineSentence>
              </span>
            </span>
            <span className="faint">
              <Moment at={at} />
            </span>
          </li>
        ))}
      </ul>
      {steps.length > shown.length ? (
        <p className="faint">
          The last {shown.length} of {steps.length} steps.
        </p>
      ) : null}
    </>
  );
}
