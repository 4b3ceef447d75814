import { Plus } from 'lucide-react';
import { useState } from 'react';
import { MaintenanceWindow } from '../../../main/contract/maintenance-window.ts';
import { useClient } from '../../client/client-context.tsx';
import { useMachines } from '../../client/use-engine.ts';
import { Button } from '../../components/button.tsx';
import type { FieldFault } from '../../components/field-fault.ts';
import { TextField } from '../../components/form-field.tsx';
import { Segments } from '../../components/segments.tsx';
import { SelectField } from '../../components/select-field.tsx';
import { useAct } from './use-act.ts';

const kinds = ['now', 'once', 'weekly'] as const;
type Kind = (typeof kinds)[number];
const kindWords: Readonly<Record<Kind, string>> = { now: 'From now', once: 'Once', weekly: 'Every week' };
const hourMs = 3_600_000;

/** Announces work: from now for so long, once, or every week. */
export function MaintenanceForm() {
  const { connection } = useClient();
  const { value: machines } = useMachines();
  const { busy, act } = useAct();
  const [kind, setKind] = useState<Kind>('now');
  const [machine, setMachine] = useState('');
  const [hours, setHours] = useState('2');
  const [from, setFrom] = useState('');
  const [until, setUntil] = useState('');
  const [window, setWindow] = useState('');
  const [wasAsked, setWasAsked] = useState(false);

  const draft = draftOf(kind, { hours, from, until, window });
  const fault = 'fault' in draft ? draft.fault : undefined;
  const shownFault = (field: string): FieldFault | undefined =>
    wasAsked && fault?.field === field ? fault : undefined;
  const add = async (): Promise<void> => {
    setWasAsked(true);
    if ('fault' in draft) return;
    const done = await act(() =>
      connection.call('alert.plan-maintenance', { ...draft.input(Date.now()), ...(machine === '' ? {} : { machine }) }),
    );
    if (!done) return;
    setWasAsked(false);
    setWindow('');
    setFrom('');
    setUntil('');
  };
  const names = [...(machines?.values() ?? [])].sort((a, b) => a.name.localeCompare(b.name));
  return (
    <form
      className="maintenance-form"
      aria-label="Plan maintenance"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <div className="maintenance-kind">
        <span className="field-label">When</span>
        <Segments
          name="When"
          options={kinds.map((value) => ({ value, label: kindWords[value] }))}
          value={kind}
          onChange={(next) => {
            setKind(kinds.find((each) => each === next) ?? 'now');
            setWasAsked(false);
          }}
        />
      </div>
      <SelectField
        label="Machine"
        hint=""
        value={machine}
        onChange={setMachine}
        options={[{ value: '', label: 'every machine' }, ...names.map(({ id, name }) => ({ value: id, label: name }))]}
      />
      {kind === 'now' ? (
        <TextField
          label="For"
          hint=""
          fault={shownFault('hours')}
          value={hours}
          onChange={setHours}
          unit="h"
          maxLength={6}
          isNumber
        />
      ) : null}
      {kind === 'once' ? (
        <>
          <TextField
            label="From"
            hint="now when empty"
            fault={shownFault('from')}
            value={from}
            onChange={setFrom}
            placeholder="2026-03-18 22:00"
            maxLength={16}
          />
          <TextField
            label="Until"
            hint=""
            fault={shownFault('until')}
            value={until}
            onChange={setUntil}
            placeholder="2026-03-19 04:00"
            maxLength={16}
          />
        </>
      ) : null}
      {kind === 'weekly' ? (
        <TextField
          label="Window"
          hint="days and hours here"
          fault={shownFault('window')}
          value={window}
          onChange={setWindow}
          placeholder="sat,sun 22:00-04:00"
          maxLength={60}
          wide
        />
      ) : null}
      <div className="maintenance-add">
        <span className="field-label">&nbsp;</span>
        <Button type="submit" look="primary" icon={Plus} off={busy ? 'It is being added.' : undefined}>
          Add
        </Button>
      </div>
    </form>
  );
}

interface Typed {
  readonly hours: string;
  readonly from: string;
  readonly until: string;
  readonly window: string;
}
interface Plan {
  readonly from?: string;
  readonly until?: string;
  readonly window?: string;
}
type Draft = { readonly fault: FieldFault } | { input(now: number): Plan };

/** What was typed as what is asked for. Days and hours are of this place. */
export function draftOf(kind: Kind, { hours, from, until, window }: Typed): Draft {
  switch (kind) {
    case 'now': {
      const length = Number(hours.trim().replace(',', '.'));
      if (hours.trim() === '' || !(length > 0 && length <= 720))
        return { fault: { field: 'hours', message: 'A number of hours up to 720.' } };
      return { input: (now) => ({ until: new Date(now + length * hourMs).toISOString() }) };
    }
    case 'once': {
      const begin = from.trim() === '' ? null : localMoment(from);
      const end = localMoment(until);
      if (Number.isNaN(begin)) return { fault: { field: 'from', message: 'A time like 2026-03-18 22:00.' } };
      if (Number.isNaN(end)) return { fault: { field: 'until', message: 'A time like 2026-03-19 04:00.' } };
      if (begin !== null && begin >= end) return { fault: { field: 'until', message: 'It ends before it begins.' } };
      return {
        input: () => ({
          until: new Date(end).toISOString(),
          ...(begin === null ? {} : { from: new Date(begin).toISOString() }),
        }),
      };
    }
    case 'weekly': {
      const parsed = MaintenanceWindow.safeParse(window.trim());
      if (parsed.success) return { input: () => ({ window: parsed.data }) };
      return { fault: { field: 'window', message: parsed.error.issues[0]?.message ?? '' } };
    }
  }
}

/** NaN for what is no moment, such as the 31st of February. */
function localMoment(text: string): number {
  const [, year, month, day, hour, minute] = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)$/.exec(text.trim()) ?? [];
  const date = new Date(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
  return date.getDate() === Number(day) && date.getHours() === Number(hour) ? date.getTime() : Number.NaN;
}
