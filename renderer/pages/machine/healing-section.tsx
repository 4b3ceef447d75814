import { CornerDownRight } from 'lucide-react';
import { useState } from 'react';
import { failureOf } from '../../../main/contract/failure.ts';
import { type HealingDecision, type HealingStatus, healingRungWords } from '../../../main/contract/healing.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { useClient } from '../../client/client-context.tsx';
import type { Why } from '../../client/use-why.ts';
import { Button } from '../../components/button.tsx';
import { EngineSentence } from '../../components/engine-sentence.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark, type MarkKind } from '../../components/mark.tsx';
import { Moment } from '../../components/relative-time.tsx';
import { useToast } from '../../components/toasts.tsx';
import { guardWords } from '../../format/guard-words.ts';
import { machineHref } from '../../route.ts';
import { policyWords } from './healing-fields.tsx';

const decisionMarks: Readonly<Record<HealingDecision['kind'], MarkKind>> = {
  act: 'work',
  'would-act': 'work',
  refuse: 'pause',
  'give-up': 'crit',
};
const decisionWords: Readonly<Record<HealingDecision['kind'], string>> = {
  act: 'It is being healed',
  'would-act': 'Dry run: it would be healed now',
  refuse: 'It is not healed',
  'give-up': 'Vigil has given up on it',
};
const dryRunGiveUp = 'Dry run: Vigil would give up on it';

interface HealingSectionProps {
  readonly machine: Machine;
  readonly why: Why;
}

/** What Vigil does about it or does not, who decided that, and what is left of the budget. */
export function HealingSection({ machine, why: { error, explanation, refresh } }: HealingSectionProps) {
  if (explanation === null) {
    return error === null ? null : (
      <p className="crit">
        <ForeignText>{error.message}</ForeignText>
      </p>
    );
  }
  const { healing, sentences } = explanation;
  return (
    <Facts title="Healing">
      {healing === null ? null : (
        <>
          <Fact name="Now">
            <Present machine={machine} healing={healing} />
          </Fact>
          <Fact name="Restarts">
            <Restarts machine={machine} healing={healing} onReleased={refresh} />
          </Fact>
          <Fact name="Policy">
            {policyWords[healing.policy]}
            {healing.dryRun ? <span className="tag healing-tag">dry run</span> : null}
          </Fact>
        </>
      )}
      <Fact name="Why">
        <ul className="why">
          {sentences.map((sentence) => (
            <li key={sentence}>
              <EngineSentence>{sentence}</EngineSentence>
            </li>
          ))}
        </ul>
      </Fact>
    </Facts>
  );
}

function Present({ machine, healing }: { readonly machine: Machine; readonly healing: HealingStatus }) {
  const { decision, dryRun, failure } = healing;
  if (failure === null || decision === null) {
    return <span className="quiet">Nothing is wrong that could be healed.</span>;
  }
  const { guard, journalId, kind, reason, rung, until } = decision;
  return (
    <>
      <span className="health-word">
        <Mark kind={decisionMarks[kind]} />
        <b className={kind === 'give-up' ? 'crit' : undefined}>
          {kind === 'give-up' && dryRun ? dryRunGiveUp : decisionWords[kind]}
          {rung === null || kind === 'refuse' ? '' : `: ${healingRungWords[rung]}`}
        </b>
        {guard === null ? null : <span className="tag">{guardWords[guard]}</span>}
      </span>
      <div className="breaks">
        <EngineSentence>{reason}</EngineSentence>
      </div>
      <div className="faint">
        {kind === 'give-up' ? null : until === null ? (
          'Looked at again with the next check.'
        ) : (
          <>
            Looked at again at <Moment at={until} /> at the latest.
          </>
        )}{' '}
        {journalId === null ? null : (
          <a href={machineHref(machine.id, 'timeline', journalId)}>
            <CornerDownRight className="icon icon-tiny why-icon" strokeWidth={1.8} aria-hidden="true" /> Why?
          </a>
        )}
      </div>
    </>
  );
}

interface RestartsProps {
  readonly machine: Machine;
  readonly healing: HealingStatus;
  onReleased(): void;
}

function Restarts({ machine, healing: { restarts, tripped }, onReleased }: RestartsProps) {
  const { connection } = useClient();
  const toast = useToast();
  const [isUnderWay, setUnderWay] = useState(false);

  async function release(): Promise<void> {
    setUnderWay(true);
    try {
      await connection.call('lifecycle.release', { machine: machine.id });
      onReleased();
    } catch (error) {
      toast({ mark: 'crit', stays: true, text: <ForeignText>{failureOf(error).message}</ForeignText> });
    }
    setUnderWay(false);
  }

  return (
    <>
      <span className={tripped ? 'crit' : undefined}>
        {restarts.used} of {restarts.allowed}
      </span>
      <span className="faint"> used{restarts.used === 0 ? '' : `, ${restarts.lastHour} of them in the last hour`}</span>
      {tripped ? (
        <div className="tripped">
          <Mark kind="crit" />
          <span>
            <b className="crit">It was restarted as often as it may be.</b> Only a person goes on.
          </span>
          <Button
            size="small"
            look="primary"
            off={isUnderWay ? 'It is being released.' : undefined}
            onClick={() => void release()}
          >
            Release
          </Button>
        </div>
      ) : null}
    </>
  );
}
