import type { Machine } from '../../../main/contract/machine.ts';
import { isPaidWhileOff } from '../../../main/contract/machine-condition.ts';
import { paidWhileOffReason, stateWordOf } from '../../../main/contract/state-words.ts';
import { useActions } from '../../components/actions.tsx';
import { Button } from '../../components/button.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { type ShownVerb, verbLooks } from '../../components/machine-verbs.ts';
import { Mark } from '../../components/mark.tsx';
import { Since } from '../../components/relative-time.tsx';
import { sentence } from '../../format/sentence.ts';

interface NoticeBarProps {
  readonly machine: Machine;
  readonly verbs: readonly ShownVerb[];
}

const marks = { critical: 'crit', warning: 'warn', info: 'off' } as const;
const tones = { critical: 'crit', warning: 'warn', info: 'plain' } as const;

/** What a person should know now, with the fix where the fault is said. */
export function NoticeBar(props: NoticeBarProps) {
  return (
    <>
      <CostBar {...props} />
      <IdleBar {...props} />
      <FaultBar {...props} />
    </>
  );
}

/** Off and paid for: loud, and ended by one press. */
function CostBar({ machine, verbs }: NoticeBarProps) {
  const { run } = useActions();
  if (!isPaidWhileOff(machine)) return null;
  return (
    <div className="notice-bar notice-warn" role="status">
      <Mark kind="coin" />
      <span className="grow">
        <b>{stateWordOf(machine)}.</b> <span className="quiet">{paidWhileOffReason}</span>
      </span>
      <span className="notice-verbs">
        {verbs.includes('deallocate') ? (
          <Button look="primary" icon={verbLooks.deallocate.icon} onClick={() => run('deallocate', [machine])}>
            Deallocate
          </Button>
        ) : null}
      </span>
    </div>
  );
}

/** Advice, and quiet: nothing is done for it. */
function IdleBar({ machine, verbs }: NoticeBarProps) {
  const { run } = useActions();
  const idle = machine.azure?.idle ?? null;
  if (idle === null) return null;
  return (
    <div className="notice-bar notice-plain" role="status">
      <Mark kind="sleep" />
      <span className="grow">
        <b>Idle.</b> <ForeignText className="quiet">{idle}</ForeignText>
      </span>
      <span className="notice-verbs">
        {verbs.includes('deallocate') ? (
          <Button icon={verbLooks.deallocate.icon} onClick={() => run('deallocate', [machine])}>
            Deallocate…
          </Button>
        ) : null}
      </span>
    </div>
  );
}

function FaultBar({ machine, verbs }: NoticeBarProps) {
  const { run } = useActions();
  const { notice } = machine;
  if (notice === null) return null;
  const { lead, rest } = sentence(notice.text, machine.name);
  const fixes = (['start', 'restart', 'console'] as const).filter((verb) => verbs.includes(verb));
  const isCall = notice.severity === 'critical';
  return (
    <div className={`notice-bar notice-${tones[notice.severity]}`} role={isCall ? 'alert' : 'status'}>
      <Mark kind={marks[notice.severity]} />
      <span className="grow">
        <b>
          <ForeignText>{lead}</ForeignText>
        </b>{' '}
        since <Since at={notice.since} />. <ForeignText className="quiet">{rest}</ForeignText>
      </span>
      {isCall ? (
        <span className="notice-verbs">
          {fixes.map((verb, index) => (
            <Button
              key={verb}
              look={index === 0 ? 'primary' : 'normal'}
              icon={verbLooks[verb].icon}
              onClick={() => run(verb, [machine])}
            >
              {verb === 'start' ? 'Start again' : verbLooks[verb].label}
            </Button>
          ))}
        </span>
      ) : null}
    </div>
  );
}
