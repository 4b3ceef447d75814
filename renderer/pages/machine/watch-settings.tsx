import { useState } from 'react';
import { failureOf } from '../../../main/contract/failure.ts';
import type { WatchStatus } from '../../../main/contract/lifecycle.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { useClient } from '../../client/client-context.tsx';
import { Button } from '../../components/button.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import type { FieldFault } from '../../components/field-fault.ts';
import { ForeignText } from '../../components/foreign-text.tsx';
import { TextField } from '../../components/form-field.tsx';
import { Mark } from '../../components/mark.tsx';
import { isSameForm, type WatchField, type WatchForm, watchFaults, watchFormOf, watchPatch } from './watch-form.ts';

interface WatchSettingsProps {
  readonly machine: Machine;
  readonly status: WatchStatus;
  onChanged(status: WatchStatus): void;
}

/** How often it is checked, when it counts as down, and where its SSH answers. */
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
    faults.find((fault) => fault.field === field) ?? (refusal?.field === field ? refusal : undefined);
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
    const patch = watchPatch(form);
    if (patch !== null) void tell(() => connection.call('lifecycle.enable', { machine: machine.id, watch: patch }));
  };
  const disable = () => void tell(() => connection.call('lifecycle.disable', { machine: machine.id }));

  const off = isUnderWay ? 'It is being changed.' : faults[0]?.message;
  const text = (field: WatchField, label: string, hint: string, more: Partial<Parameters<typeof TextField>[0]>) => (
    <TextField
      label={label}
      hint={hint}
      fault={faultOf(field)}
      value={form[field]}
      onChange={(value) => change({ [field]: value })}
      {...more}
    />
  );
  const isHost = machine.provider === 'ssh';
  return (
    <form className="watch-form" aria-label="How it is watched" onSubmit={(event) => event.preventDefault()}>
      <header className="section-head">
        <h3 className="section-title">How it is watched</h3>
        <span className="faint">
          {status.enabled ? `every ${status.checkInterval} s, over SSH` : 'not at all; nothing is checked'}
        </span>
      </header>
      <div className="form-grid">
        {text('check_interval_seconds', 'Check every', '5 to 3600', { unit: 's', isNumber: true, maxLength: 12 })}
        {text('ssh_failure_threshold', 'Down after', 'failed checks in a row', { isNumber: true, maxLength: 12 })}
        {text('health_check_timeout', 'Time limit', 'for one check, 1 to 300', {
          unit: 's',
          isNumber: true,
          maxLength: 12,
        })}
        {text('start_allowance_seconds', 'Start allowance', 'no failure counts', {
          unit: 's',
          isNumber: true,
          maxLength: 12,
        })}
        {text('ssh_host', 'SSH address', isHost ? 'as it was added' : 'this computer', {
          isCode: true,
          ...(isHost && machine.address !== null ? { placeholder: machine.address } : { placeholder: '127.0.0.1' }),
        })}
        {text('ssh_port', 'SSH port', isHost ? 'as it was added' : 'its forward to port 22', {
          isNumber: true,
          maxLength: 12,
        })}
        {text('ssh_user', 'User', 'who runs Vigil', { isCode: true })}
        {text('ssh_key', 'Key', 'the agent and the usual keys', { isCode: true, placeholder: '/path/of/id_ed25519' })}
      </div>
      <div className="form-trust">
        <Checkbox
          checked={form.ssh_trust_on_first_use === true}
          onChange={(trust) => change({ ssh_trust_on_first_use: trust })}
        >
          Trust the host key that is shown first, and no other afterwards
        </Checkbox>
        <p className="faint">
          {isHost && form.ssh_trust_on_first_use === null ? 'As it was said when the host was added. ' : null}
          Left off, its key must be in known_hosts already. Do this only where nobody can be in between.
        </p>
      </div>
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
