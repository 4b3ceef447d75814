import { Unplug } from 'lucide-react';
import { useClient } from '../client/client-context.tsx';
import { useLink, useMachines, useNotices } from '../client/use-engine.ts';
import { Button } from '../components/button.tsx';
import { ForeignText } from '../components/foreign-text.tsx';
import { Mark } from '../components/mark.tsx';
import { Since } from '../components/relative-time.tsx';
import { Strip } from '../components/strip.tsx';
import { clockTime } from '../format/times.ts';
import { settingsHref } from '../route.ts';

/** One strip for one cause: no engine, or the worst thing the engine has to say about itself. */
export function EngineStrip() {
  const client = useClient();
  const link = useLink();
  const { readAt } = useMachines();
  const notices = useNotices();
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
  return (
    <Strip
      tone={notice.severity === 'critical' ? 'crit' : 'warn'}
      icon={<Mark kind={notice.severity === 'critical' ? 'crit' : 'warn'} />}
      verbs={<a href={settingsHref}>{notices.length > 1 ? `All ${notices.length} notices` : 'Details'}</a>}
    >
      <b>
        <ForeignText>{notice.text}</ForeignText>
      </b>{' '}
      <ForeignText>{notice.hint ?? ''}</ForeignText>
    </Strip>
  );
}
