import { useState } from 'react';
import { failureOf } from '../../../main/contract/failure.ts';
import type { WatchStatus } from '../../../main/contract/lifecycle.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { useClient } from '../../client/client-context.tsx';
import { Button } from '../../components/button.tsx';
import type { FieldFault } from '../../components/field-fault.ts';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark } from '../../components/mark.tsx';
import { HealingFields } from './healing-fields.tsx';
import { TimesAndAccess, WhatIsChecked } from './watch-fields.tsx';
import { isSameForm, type WatchField, type WatchForm, watchFaults, watchFormOf, watchPatch } from './watch-form.ts';

interface WatchSettingsProps {
  readonly machine: Machine;
  readonly status: WatchStatus;
  onChanged(status: WatchStatus): void;
}

/** How it is watched, what is checked, and what may be done for it. */
export function WatchSettings({ machine, status, onChanged }: WatchSettingsProps) {
  const { connection } = useClient();
  const kept = watchFormOf(status.config);
  const [typed, setTyped] = useState<WatchForm | null>(null);
  const [refusal, setRefusal] = useState<FieldFault | null>(null);
  const [isUnderWay, setUnderWay] = useState(false);
  const form = typed ?? kept;
  const faults = watchFaults(form);
  const isChanged = !isSameForm(form, kept);

  const faultOf = (field: WatchField) =>
    faults.find((fault) => fault.field === field) ??
    (refusal !== null && placeOf(refusal) === field ? refusal : undefined);
  const change = (next: Partial<WatchForm>): void => {
    setTyped({ ...form, ...next });
    setRefusal(null);
  };

  async function tell(call: () => Promise<WatchStatus>): Promise<void> {
    setUnderWay(true);
    try {
      onChanged(await call());
      setTyped(null);
      setRefusal(null);
    } catch (error) {
      const { field = '', message, hint } = failureOf(error);
      // A command-line hint helps nobody who looks at the field itself.
      setRefusal({ field, message, ...(hint === undefined || field !== '' ? {} : { hint }) });
    }
    setUnderWay(false);
  }

  const enable = () => {
    const patch = watchPatch(form, kept);
    if (patch !== null) void tell(() => connection.call('lifecycle.enable', { machine: machine.id, watch: patch }));
  };
  const disable = () => void tell(() => connection.call('lifecycle.disable', { machine: machine.id }));

  const off = isUnderWay ? 'It is being changed.' : faults[0]?.message;
  const fields = { machine, form, change, faultOf };
  return (
    <form className="watch-form" aria-label="How it is watched" onSubmit={(event) => event.preventDefault()}>
      <header className="section-head">
        <h3 className="section-title">How it is watched</h3>
        <span className="faint">
          {status.enabled ? `every ${status.checkInterval} s` : 'not at all; nothing is checked'}
        </span>
      </header>
      <TimesAndAccess {...fields} />
      <header className="section-head">
        <h3 className="section-title">What else is checked</h3>
        <span className="faint">one value a line</span>
      </header>
      <WhatIsChecked {...fields} />
      <header className="section-head">
        <h3 className="section-title">What is done when it is not well</h3>
        <span className="faint">at most 3 restarts an hour and 6 in all, then a person decides</span>
      </header>
      <HealingFields {...fields} keptPolicy={status.enabled ? kept.restart_policy : 'never'} />
      <div className="watch-verbs">
        {status.enabled ? (
          <>
            <Button
              look={isChanged ? 'primary' : 'normal'}
              off={isChanged ? off : 'Nothing was changed.'}
              onClick={enable}
            >
              Save
            </Button>
            <Button off={isChanged ? undefined : 'Nothing was changed.'} onClick={() => setTyped(null)}>
              Undo
            </Button>
            <Button off={isUnderWay ? 'It is being changed.' : undefined} onClick={disable}>
              Stop watching
            </Button>
          </>
        ) : (
          <Button look="primary" off={off} onClick={enable}>
            Watch it
          </Button>
        )}
        <span className="crit cut" role="status">
          {refusal === null ? null : (
            <>
              <Mark kind="crit" /> <ForeignText>{`${refusal.message} ${refusal.hint ?? ''}`}</ForeignText>
            </>
          )}
        </span>
      </div>
    </form>
  );
}

/** The engine counts the values of a list; a field holds all of them. */
function placeOf({ field }: FieldFault): string {
  return field.replace(/^watch\./, '').split('.')[0] ?? '';
}
