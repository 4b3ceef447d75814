import { RotateCw } from 'lucide-react';
import { useClient } from '../client/client-context.tsx';
import { useHost } from '../client/use-engine.ts';
import { Button } from './button.tsx';
import { DoctorLines, doctorSummary } from './doctor-lines.tsx';
import { ForeignText } from './foreign-text.tsx';
import { SkeletonRows } from './patience.tsx';
import { Ago } from './relative-time.tsx';

/** What this computer offers, with the way to look again. */
export function HostSection() {
  const { host } = useClient();
  const { value, readAt, error } = useHost();
  return (
    <section aria-label="This computer">
      <header className="section-head">
        <h2>This computer</h2>
        <span className="quiet">
          {value === null ? null : doctorSummary(value)}{' '}
          {readAt === null ? null : (
            <>
              Checked <Ago at={new Date(readAt).toISOString()} />.
            </>
          )}
        </span>
        <span className="grow" />
        <Button size="small" icon={RotateCw} onClick={() => void host.refresh()}>
          Check again
        </Button>
      </header>
      {value === null && error === null ? <SkeletonRows count={5} what="this computer" /> : null}
      {value === null ? null : <DoctorLines host={value} />}
      {error === null ? null : (
        <p className="crit">
          <ForeignText>{error.message}</ForeignText>
        </p>
      )}
    </section>
  );
}
