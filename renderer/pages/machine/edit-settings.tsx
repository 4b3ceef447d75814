import { useState } from 'react';
import type { CallInput } from '../../../main/contract/calls.ts';
import { type Failure, failureOf } from '../../../main/contract/failure.ts';
import type { Machine, MachineConfig } from '../../../main/contract/machine.ts';
import { MachineEdit } from '../../../main/contract/machine-edit.ts';
import { useClient } from '../../client/client-context.tsx';
import { useActions } from '../../components/actions.tsx';
import { Button } from '../../components/button.tsx';
import type { FieldFault } from '../../components/field-fault.ts';
import { ForeignText } from '../../components/foreign-text.tsx';
import { TextField } from '../../components/form-field.tsx';
import { Mark } from '../../components/mark.tsx';
import { PortFields } from '../../components/port-fields.tsx';
import { TagField } from '../../components/tag-field.tsx';
import { changeOf, type EditForm, editFaults, editFormOf } from './edit-form.ts';

interface EditSettingsProps {
  readonly machine: Machine;
  /** What the definition says: what waits for the next start counts already. */
  readonly config: MachineConfig;
  /** Something of it waits for the next start. */
  readonly isPending: boolean;
}

/** What a machine is made of, to be changed. What needs a stop says so and offers it. */
export function EditSettings({ machine, config, isPending }: EditSettingsProps) {
  const { connection } = useClient();
  const { run } = useActions();
  const [typed, setTyped] = useState<EditForm | null>(null);
  const [refusal, setRefusal] = useState<FieldFault | null>(null);
  const [isUnderWay, setUnderWay] = useState(false);
  const form = typed ?? editFormOf(config);
  const faults = editFaults(form, config);
  const change = changeOf(form, config);
  const isChanged = Object.keys(change).length > 0;
  const canEdit = machine.capabilities.includes('edit');

  const faultOf = (field: string) =>
    faults.find((fault) => fault.field === field) ?? (refusal?.field === field ? refusal : undefined);
  const set = (next: Partial<EditForm>): void => {
    setTyped({ ...form, ...next });
    setRefusal(null);
  };

  async function failureOfWork<N extends 'disk.grow' | 'machine.edit'>(
    call: N,
    input: CallInput<N>,
  ): Promise<Failure | undefined> {
    const begun = await connection.call(call, input);
    return (await connection.call('operation.wait', { operation: begun.id })).error;
  }

  async function save(): Promise<void> {
    const parsed = MachineEdit.safeParse(change);
    if (!parsed.success || faults.length > 0) return;
    setUnderWay(true);
    try {
      const { diskMib, ...others } = parsed.data;
      // A growth has a verb of its own: a guest that runs sees it at once.
      const failure =
        (diskMib === undefined
          ? undefined
          : await failureOfWork('disk.grow', { machine: machine.id, disk: 'disk0', sizeMib: diskMib })) ??
        (Object.keys(others).length === 0
          ? undefined
          : await failureOfWork('machine.edit', { machine: machine.id, change: others }));
      if (failure === undefined) setTyped(null);
      setRefusal(failure === undefined ? null : { field: '', ...failure });
    } catch (error) {
      const { field = '', message } = failureOf(error);
      setRefusal({ field, message });
    }
    setUnderWay(false);
  }

  const off = canEdit
    ? isUnderWay
      ? 'It is being changed.'
      : isChanged
        ? faults[0]?.message
        : 'Nothing was changed.'
    : 'It cannot be changed just now.';
  const size = (field: 'cpus' | 'memoryMib' | 'diskMib', label: string, hint: string, unit?: string) => (
    <TextField
      label={label}
      hint={hint}
      fault={faultOf(field)}
      value={form[field]}
      onChange={(value) => set({ [field]: value })}
      isNumber
      maxLength={12}
      {...(unit === undefined ? {} : { unit })}
    />
  );
  const setForward = (field: string, value: string): void => {
    const [, index, side] = field.split('.');
    set({
      forwards: form.forwards.map((each, at) => (String(at) === index ? { ...each, [side ?? '']: value } : each)),
    });
  };
  return (
    <form className="watch-form edit-form" aria-label="Change it" onSubmit={(event) => event.preventDefault()}>
      <header className="section-head">
        <h3 className="section-title">Change it</h3>
        {isPending ? (
          <span className="edit-pending">
            <Mark kind="warn" /> Part of the definition waits for the next start.{' '}
            {machine.capabilities.includes('restart') ? (
              <Button size="small" onClick={() => run('restart', [machine])}>
                Restart now
              </Button>
            ) : null}
          </span>
        ) : (
          <span className="faint">
            {machine.startedAt === null ? 'holds from the next start' : 'CPUs and memory take a restart'}
          </span>
        )}
      </header>
      <div className="form-grid">
        {size('cpus', 'CPUs', 'up or down')}
        {size('memoryMib', 'Memory', 'up or down', 'MiB')}
        {size('diskMib', 'Disk', 'it only grows', 'MiB')}
        <TextField
          label="Group"
          hint="group/name finds it"
          fault={faultOf('group')}
          value={form.group}
          onChange={(group) => set({ group })}
          maxLength={63}
          isCode
        />
        <TagField tags={form.tags} onChange={(tags) => set({ tags })} fault={faultOf('tags')} />
      </div>
      <PortFields
        forwards={form.forwards}
        onChange={(forwards) => set({ forwards })}
        onField={setForward}
        faultOf={faultOf}
      />
      <div className="watch-verbs">
        <Button look={isChanged ? 'primary' : 'normal'} off={off} onClick={() => void save()}>
          Save
        </Button>
        <Button off={isChanged ? undefined : 'Nothing was changed.'} onClick={() => setTyped(null)}>
          Undo
        </Button>
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
