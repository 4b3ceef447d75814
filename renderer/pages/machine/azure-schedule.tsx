import { useCallback, useEffect, useState } from 'react';
import { type AzureScheduleView, parseSchedule } from '../../../main/contract/azure-schedule.ts';
import { failureOf } from '../../../main/contract/failure.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { useClient } from '../../client/client-context.tsx';
import { useSettings } from '../../client/use-engine.ts';
import { Button } from '../../components/button.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import type { FieldFault } from '../../components/field-fault.ts';
import { ForeignText } from '../../components/foreign-text.tsx';
import { TextField } from '../../components/form-field.tsx';
import { Moment } from '../../components/relative-time.tsx';

/** When it is started and deallocated by itself. */
export function AzureSchedule({ machine }: { readonly machine: Machine }) {
  const { connection } = useClient();
  const [view, setView] = useState<AzureScheduleView | null>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const lines = useSettings()?.azure.schedules.join('\n');
  const take = useCallback(
    (views: readonly AzureScheduleView[]) => setView(views.find(({ machineId }) => machineId === machine.id) ?? null),
    [machine.id],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text of the settings is another schedule
  useEffect(() => {
    let isCurrent = true;
    connection.call('azure.schedules', {}).then(
      (views) => isCurrent && take(views),
      // Without an engine nothing is known; the strip above the page says that there is none.
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [connection, take, lines]);

  async function change(schedule: string): Promise<void> {
    setRefusal(null);
    try {
      take(await connection.call('azure.schedule', { machine: machine.id, ...(schedule === '' ? {} : { schedule }) }));
      setTyped(null);
    } catch (error) {
      setRefusal(failureOf(error).message);
    }
  }

  const kept = view?.schedule ?? '';
  const text = typed ?? kept;
  const fault = text === '' ? undefined : faultOf(text);
  const isSame = text === kept;
  return (
    <section className="azure-schedule-section" aria-label="Schedule">
      <Facts title="By itself">
        <Fact name="Next">
          {view?.next == null ? (
            <span className="faint">It is started and deallocated by hand only.</span>
          ) : (
            <>
              {view.next.verb === 'start' ? 'is started' : 'is deallocated'} <Moment at={view.next.at} />{' '}
              <span className="faint">in this computer’s time; the schedule is that of {view.zone}</span>
            </>
          )}
        </Fact>
      </Facts>
      <div className="azure-schedule">
        <TextField
          label="Schedule"
          hint="start 08:00, stop 19:00, mon-fri, Europe/Berlin; a scheduled stop deallocates"
          fault={fault}
          value={text}
          onChange={(next) => {
            setTyped(next);
            setRefusal(null);
          }}
          maxLength={200}
          isCode
          wide
        />
        <span className="azure-verbs">
          <Button
            size="small"
            look={isSame ? 'normal' : 'primary'}
            off={isSame ? 'Nothing was changed.' : fault?.message}
            onClick={() => void change(text)}
          >
            {text === '' ? 'Remove' : 'Save'}
          </Button>
          {isSame ? null : (
            <Button size="small" onClick={() => setTyped(null)}>
              Undo
            </Button>
          )}
          <span className="crit cut" role="status">
            {refusal === null ? null : <ForeignText>{refusal}</ForeignText>}
          </span>
        </span>
      </div>
    </section>
  );
}

function faultOf(text: string): FieldFault | undefined {
  const parsed = parseSchedule(`machine: ${text}`);
  return typeof parsed === 'string' ? { field: 'schedule', message: parsed } : undefined;
}
