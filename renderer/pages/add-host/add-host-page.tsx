import { useEffect, useRef, useState } from 'react';
import { failureOf } from '../../../main/contract/failure.ts';
import { useClient } from '../../client/client-context.tsx';
import { Button } from '../../components/button.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import type { FieldFault } from '../../components/field-fault.ts';
import { ForeignText } from '../../components/foreign-text.tsx';
import { TextField } from '../../components/form-field.tsx';
import { Mark } from '../../components/mark.tsx';
import { fleetHref, go, machineHref } from '../../route.ts';
import { modifierName } from '../../shell/modifier-name.ts';
import { useShortcut } from '../../shell/shortcuts.ts';
import { emptyHost, type HostForm, type HostTextField, hostDraft, hostFaults, missingIn } from './host-form.ts';

/** A machine that only answers SSH: where it is, who asks, and whether its first key is believed. */
export function AddHostPage() {
  const { connection } = useClient();
  const [form, setForm] = useState<HostForm>(emptyHost);
  const [refusal, setRefusal] = useState<FieldFault | null>(null);
  const [isUnderWay, setUnderWay] = useState(false);
  const nameField = useRef<HTMLInputElement>(null);
  useEffect(() => nameField.current?.focus(), []);

  const own = hostFaults(form);
  const faultOf = (field: HostTextField) =>
    own.find((fault) => fault.field === field) ?? (refusal?.field === field ? refusal : undefined);
  const off = isUnderWay ? 'The host is being added.' : (missingIn(form) ?? own[0]?.message);

  const change = (next: Partial<HostForm>): void => {
    setForm({ ...form, ...next });
    setRefusal(null);
  };
  const set = (field: HostTextField) => (value: string) => change({ [field]: value });

  async function add(): Promise<void> {
    const draft = hostDraft(form);
    if (off !== undefined || draft === null) return;
    setUnderWay(true);
    try {
      const { id } = await connection.call('host.add', draft);
      go(machineHref(id));
    } catch (error) {
      const { field = '', message, hint } = failureOf(error);
      setRefusal({ field, message, ...(hint === undefined ? {} : { hint }) });
      setUnderWay(false);
    }
  }

  useShortcut('mod+Enter', () => void add());
  useShortcut('Escape', () => go(fleetHref));

  const text = (field: HostTextField, label: string, hint: string, more: { placeholder?: string; wide?: boolean }) => (
    <TextField
      label={label}
      hint={hint}
      fault={faultOf(field)}
      value={form[field]}
      onChange={set(field)}
      isCode
      {...more}
    />
  );
  return (
    <>
      <div className="new-machine">
        <form className="form" onSubmit={(event) => event.preventDefault()} inert={isUnderWay}>
          <fieldset>
            <legend>Host</legend>
            <div className="form-grid form-grid-roomy">
              <TextField
                label="Name"
                hint="a-z 0-9 and -, up to 63; unique"
                fault={faultOf('name')}
                value={form.name}
                onChange={set('name')}
                maxLength={100}
                isCode
                isRequired
                wide
                ref={nameField}
              />
              <TextField
                label="Address"
                hint="host name or IP address"
                fault={faultOf('address')}
                value={form.address}
                onChange={set('address')}
                placeholder="pi.example.org"
                isCode
                isRequired
              />
              <TextField
                label="Port"
                hint="default 22"
                fault={faultOf('port')}
                value={form.port}
                onChange={set('port')}
                placeholder="22"
                maxLength={12}
                isNumber
              />
            </div>
          </fieldset>
          <fieldset>
            <legend>Login</legend>
            <div className="form-grid form-grid-roomy">
              {text('user', 'User', 'left empty, the account that runs Vigil', {})}
              {text('keyFile', 'Key', 'left empty, the SSH agent and the usual keys', {
                placeholder: '/path/of/id_ed25519',
              })}
            </div>
            <p className="form-note faint">Keys only: Vigil never asks for a password and never sends one.</p>
          </fieldset>
          <fieldset>
            <legend>Trust</legend>
            <div className="form-trust">
              <Checkbox checked={form.trustOnFirstUse} onChange={(trustOnFirstUse) => change({ trustOnFirstUse })}>
                Trust the host key that is shown first
              </Checkbox>
              <p className="faint">
                Left off, the host must be in known_hosts already: connect once with ssh, compare the fingerprint, and
                Vigil believes what you accepted. Switched on, the first key that anyone at this address shows is taken,
                kept, and from then on no other. Do this only on a network you trust.
              </p>
            </div>
          </fieldset>
        </form>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard */}
        <aside className="form-side" tabIndex={0} aria-label="What an SSH host has">
          <h2 className="section-title">What you get</h2>
          <ul className="form-gains">
            <li>
              <Mark kind="ok" /> Checked over SSH every minute; you are told when it stops answering
            </li>
            <li>
              <Mark kind="ok" /> CPU, memory, disk and network read where Linux runs
            </li>
            <li>
              <Mark kind="guard" /> A host key that changes is shown as such, never as “down”
            </li>
            <li>
              <Mark kind="off" /> Nothing is installed, started or stopped on it
            </li>
          </ul>
        </aside>
      </div>
      <footer className="foot create-foot">
        <span className="create-fixes crit cut" role="status">
          {refusal === null ? null : (
            <>
              <Mark kind="crit" /> <ForeignText>{`${refusal.message} ${refusal.hint ?? ''}`}</ForeignText>
            </>
          )}
        </span>
        <span className="grow" />
        <Button onClick={() => go(fleetHref)}>
          Cancel <kbd>Esc</kbd>
        </Button>
        <Button look="primary" off={off} onClick={() => void add()}>
          Add the host <kbd>{modifierName} Enter</kbd>
        </Button>
      </footer>
    </>
  );
}
