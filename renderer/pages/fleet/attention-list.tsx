import { healthWord, securityDoubt } from '../../../main/contract/health-words.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { isPaidWhileOff } from '../../../main/contract/machine-condition.ts';
import { stateWordOf } from '../../../main/contract/state-words.ts';
import { useActions } from '../../components/actions.tsx';
import { Button } from '../../components/button.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { type ShownVerb, verbLabel } from '../../components/machine-verbs.ts';
import { Mark, type MarkProps } from '../../components/mark.tsx';
import { Since } from '../../components/relative-time.tsx';
import { counted } from '../../format/sizes.ts';
import { machineHref } from '../../route.ts';
import type { AttentionLine } from './attention.ts';

const marks = {
  critical: { kind: 'crit', label: 'Needs you' },
  unknown: { kind: 'unk', label: 'Unknown' },
  warning: { kind: 'warn', label: 'Degraded' },
} as const;

interface AttentionListProps {
  readonly lines: readonly AttentionLine[];
  readonly most: number;
  onShowAll(): void;
}

/** The sentence before the number: the worst machine first, and only it on a red ground. */
export function AttentionList({ lines, most, onShowAll }: AttentionListProps) {
  if (lines.length === 0) return null;
  const hidden = lines.length - most;
  return (
    <ol className="attention" aria-label="Worst first">
      {lines.slice(0, most).map((line, index) => (
        <AttentionItem key={line.machine.id} line={line} isWorst={index === 0 && line.severity === 'critical'} />
      ))}
      {hidden > 0 ? (
        <li className="attention-more">
          <Button look="plain" size="small" onClick={onShowAll}>
            {counted(hidden, 'more machine asks', 'more machines ask')} for attention
          </Button>
        </li>
      ) : null}
    </ol>
  );
}

function AttentionItem({ line, isWorst }: { readonly line: AttentionLine; readonly isWorst: boolean }) {
  const { run } = useActions();
  const { machine, lead, rest, since } = line;
  const verbs = isWorst ? line.verbs : line.verbs.filter((verb) => verb !== 'console');
  return (
    <li className={isWorst ? 'attention-line attention-worst' : 'attention-line'}>
      <Mark {...markOfLine(line)} />
      <a className="attention-name cut" href={machineHref(machine.id)}>
        <ForeignText>{machine.name}</ForeignText>
      </a>
      <span className="cut" title={`${lead}. ${rest}`}>
        <b className={isWorst ? 'crit' : undefined}>
          <ForeignText>{lead}</ForeignText>
        </b>
        {since === null ? null : (
          <>
            {' since '}
            <Since at={since} />
          </>
        )}
        . <ForeignText className="quiet">{rest}</ForeignText>
      </span>
      <span className="attention-verbs">
        {verbs.map((verb, index) => (
          <Button
            key={verb}
            size="small"
            look={isWorst ? (index === 0 ? 'primary' : 'normal') : 'plain'}
            onClick={() => run(verb, [machine])}
            aria-label={`${verbWords(verb, machine)} ${machine.name}`}
          >
            {verbWords(verb, machine)}
          </Button>
        ))}
      </span>
    </li>
  );
}

function markOfLine({ machine, severity }: AttentionLine): MarkProps {
  if (severity === 'warning' && isPaidWhileOff(machine)) return { kind: 'coin', label: stateWordOf(machine) };
  if (securityDoubt(machine.health) !== null) return { kind: 'guard', label: healthWord(machine.health) };
  return marks[severity];
}

function verbWords(verb: ShownVerb, machine: Machine): string {
  const { state } = machine;
  return verb === 'start' && state === 'failed' ? 'Start again' : verbLabel(verb, machine);
}
