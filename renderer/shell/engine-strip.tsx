import { Unplug } from 'lucide-react';
import { healingNotice } from '../../main/contract/healing.ts';
import { useClient } from '../client/client-context.tsx';
import { useLink, useMachines, useNotices } from '../client/use-engine.ts';
import { Button } from '../components/button.tsx';
import { EngineSentence } from '../components/engine-sentence.tsx';
import { ForeignText } from '../components/foreign-text.tsx';
import { Mark } from '../components/mark.tsx';
import { Since } from '../components/relative-time.tsx';
import { Strip } from '../components/strip.tsx';
import { usePausing } from '../components/use-pausing.tsx';
import { clockTime } from '../format/times.ts';
import { settingsHref } from '../route.ts';

/** One strip for one cause: no engine, or the worst thing the engine has to say about itself. */
export function EngineStrip() {
  const client = useClient();
  const link = useLink();
  const { readAt } = useMachines();
  const notices = useNotices();
  const { resume } = usePausing();
  if (link.kind === 'lost') {
    return (
      <Strip
        tone="warn"
        icon={<Unplug className="icon icon-small" strokeWidth={1.6} aria-hidden="true" />}
        verbs={
          <Button size="small" onClick={() => void client.refresh()}>
            Try now
          </Button>
        }
      >
        <b>
          No engine since <Since at={new Date(link.since).toISOString()} />.
        </b>{' '}
        <ForeignText>{link.reason}</ForeignText> Machines keep running
        {readAt === null ? '.' : `; what is shown was read at ${clockTime(readAt)}.`}
      </Strip>
    );
  }
  const notice =
    notices.find(({ severity }) => severity === 'critical') ?? notices.find(({ severity }) => severity === 'warning');
  if (notice === undefined) return null;
  // What can be done about it stands beside it, instead of the engine's hint for the command line.
  const isPause = notice.id === healingNotice;
  return (
    <Strip
      tone={notice.severity === 'critical' ? 'crit' : 'warn'}
      icon={<Mark kind={notice.severity === 'critical' ? 'crit' : 'warn'} />}
      verbs={
        <>
          {isPause ? (
            <Button size="small" onClick={resume}>
              Resume healing
            </Button>
          ) : null}
          <a href={settingsHref}>{notices.length > 1 ? `All ${notices.length} notices` : 'Details'}</a>
        </>
      }
    >
      <b>
        <EngineSentence>{notice.text}</EngineSentence>
      </b>{' '}
      <ForeignText>
        {isPause ? 'Machines are checked; nothing is done about what is found.' : (notice.hint ?? '')}
      </ForeignText>
    </Strip>
  );
}
