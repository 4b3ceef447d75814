import type { Machine } from '../../../main/contract/machine.ts';
import { Checkbox } from '../../components/checkbox.tsx';
import type { FieldFault } from '../../components/field-fault.ts';
import { TextField } from '../../components/form-field.tsx';
import { LinesField } from '../../components/lines-field.tsx';
import type { WatchField, WatchForm } from './watch-form.ts';

/** A part of the form of a watch. */
export interface WatchFieldsProps {
  readonly machine: Machine;
  readonly form: WatchForm;
  change(next: Partial<WatchForm>): void;
  faultOf(field: WatchField): FieldFault | undefined;
}

interface OneFieldProps extends Omit<WatchFieldsProps, 'machine'> {
  readonly field: WatchField;
  readonly label: string;
  readonly hint: string;
}

export function WatchNumber({
  field,
  form,
  change,
  faultOf,
  unit,
  ...rest
}: OneFieldProps & { readonly unit?: string }) {
  return (
    <TextField
      {...rest}
      fault={faultOf(field)}
      value={form[field]}
      onChange={(value) => change({ [field]: value })}
      isNumber
      maxLength={12}
      {...(unit === undefined ? {} : { unit })}
    />
  );
}

export function WatchCode({
  field,
  form,
  change,
  faultOf,
  placeholder,
  ...rest
}: OneFieldProps & { readonly placeholder?: string }) {
  return (
    <TextField
      {...rest}
      fault={faultOf(field)}
      value={form[field]}
      onChange={(value) => change({ [field]: value })}
      isCode
      {...(placeholder === undefined ? {} : { placeholder })}
    />
  );
}

export function WatchLines({
  field,
  form,
  change,
  faultOf,
  placeholder,
  ...rest
}: OneFieldProps & { readonly placeholder: string }) {
  return (
    <LinesField
      {...rest}
      fault={faultOf(field)}
      value={form[field]}
      onChange={(value) => change({ [field]: value })}
      placeholder={placeholder}
    />
  );
}

/** How often, how long, how many times; and where SSH answers. */
export function TimesAndAccess({ machine, ...rest }: WatchFieldsProps) {
  const isHost = machine.provider === 'ssh';
  const { form, change } = rest;
  return (
    <>
      <div className="form-grid">
        <WatchNumber {...rest} field="check_interval_seconds" label="Check every" hint="5 to 3600" unit="s" />
        <WatchNumber {...rest} field="ssh_failure_threshold" label="Down after" hint="failed checks in a row" />
        <WatchNumber {...rest} field="recovery_threshold" label="Well again after" hint="good checks in a row" />
        <WatchNumber
          {...rest}
          field="health_check_timeout"
          label="Time limit"
          hint="for one check, 1 to 300"
          unit="s"
        />
        <WatchNumber
          {...rest}
          field="start_allowance_seconds"
          label="Start allowance"
          hint="no failure counts"
          unit="s"
        />
        <WatchCode
          {...rest}
          field="ssh_host"
          label="SSH address"
          hint={isHost ? 'as it was added' : 'this computer'}
          placeholder={isHost && machine.address !== null ? machine.address : '127.0.0.1'}
        />
        <WatchNumber
          {...rest}
          field="ssh_port"
          label="SSH port"
          hint={isHost ? 'as it was added' : 'its forward to port 22'}
        />
        <WatchCode {...rest} field="ssh_user" label="User" hint="who runs Vigil" />
        <WatchCode
          {...rest}
          field="ssh_key"
          label="Key"
          hint="the agent and the usual keys"
          placeholder="/path/of/id_ed25519"
        />
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
    </>
  );
}

/** What must hold on the machine besides SSH. */
export function WhatIsChecked({ machine, ...rest }: WatchFieldsProps) {
  const { form, change } = rest;
  return (
    <>
      <div className="form-grid">
        <WatchLines
          {...rest}
          field="services"
          label="Units"
          hint="must be active; one a line"
          placeholder="nginx.service"
        />
        <WatchLines {...rest} field="check_tcp" label="TCP ports" hint="must take a connection" placeholder="443" />
        <WatchLines
          {...rest}
          field="check_http"
          label="HTTP addresses"
          hint="must answer with 200 to 399"
          placeholder="http://127.0.0.1:8080/health"
        />
        {machine.provider === 'ssh' ? null : (
          <WatchLines
            {...rest}
            field="check_console"
            label="Console texts"
            hint="must not come up"
            placeholder="Out of memory"
          />
        )}
        <WatchCode
          {...rest}
          field="heartbeat_file"
          label="Heartbeat file"
          hint="on the machine, touched while it is well"
          placeholder="/run/app/heartbeat"
        />
        <WatchNumber {...rest} field="heartbeat_max_age_seconds" label="Heartbeat age" hint="at most" unit="s" />
        <WatchCode
          {...rest}
          field="check_script"
          label="Script"
          hint="on this computer; ends with 0, 1 or 2"
          placeholder="/path/of/check.sh"
        />
        <WatchNumber {...rest} field="disk_warning_percent" label="Disk warning" hint="above" unit="%" />
        <WatchNumber {...rest} field="disk_critical_percent" label="Disk critical" hint="above" unit="%" />
        <WatchNumber {...rest} field="memory_warning_percent" label="Memory warning" hint="above" unit="%" />
      </div>
      {machine.provider === 'ssh' ? null : (
        <div className="form-trust">
          <Checkbox checked={form.check_agent} onChange={(check_agent) => change({ check_agent })}>
            The guest agent must answer
          </Checkbox>
        </div>
      )}
    </>
  );
}
