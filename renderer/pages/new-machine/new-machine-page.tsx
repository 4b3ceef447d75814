import { ChevronDown, ChevronRight } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { CallInput } from '../../../main/contract/calls.ts';
import { type Failure, failureOf } from '../../../main/contract/failure.ts';
import { MachineDraft } from '../../../main/contract/machine.ts';
import { useClient } from '../../client/client-context.tsx';
import { useOperations } from '../../client/use-engine.ts';
import type { FieldFault } from '../../components/field-fault.ts';
import { TextField } from '../../components/form-field.tsx';
import { PortFields } from '../../components/port-fields.tsx';
import { Segments } from '../../components/segments.tsx';
import { TagField } from '../../components/tag-field.tsx';
import { chosenSize, counted } from '../../format/sizes.ts';
import { fleetHref, go, machineHref } from '../../route.ts';
import { useShortcut } from '../../shell/shortcuts.ts';
import { CommandPanel } from './command-panel.tsx';
import { CreateFooter } from './create-footer.tsx';
import {
  choiceFields,
  type DraftForm,
  draftOf,
  emptyForm,
  fieldWord,
  formFaults,
  textFields,
  withField,
} from './draft-form.ts';
import { FitPanel } from './fit-panel.tsx';
import { useRehearsal } from './use-rehearsal.ts';

const advancedFields = [...textFields, 'qemuArgs'] as const;

/** One screen: what it is, whether it fits, and what is wrong with it, beside the field where it is wrong. */
export function NewMachinePage() {
  const { connection } = useClient();
  const operations = useOperations();
  const [form, setForm] = useState<DraftForm>(emptyForm);
  const [showsAdvanced, setShowsAdvanced] = useState(false);
  const [creation, setCreation] = useState<{ readonly kind: 'idle' | 'asked' } | { kind: 'begun'; id: string }>({
    kind: 'idle',
  });
  const [refusal, setRefusal] = useState<FieldFault | null>(null);
  const nameField = useRef<HTMLInputElement>(null);
  const isOpen = useRef(true);

  const draft = draftOf(form);
  const own = formFaults(form);
  const rehearsal = useRehearsal(draft);
  const faults = mergedFaults(form, own, rehearsal.faults, refusal);
  const operation = creation.kind === 'begun' ? operations.get(creation.id) : undefined;
  const isUnderWay = creation.kind !== 'idle';

  useEffect(() => nameField.current?.focus(), []);
  useEffect(() => {
    isOpen.current = true;
    return () => {
      isOpen.current = false;
    };
  }, []);

  function change(next: DraftForm): void {
    setForm(next);
    setRefusal(null);
  }

  const set = (field: string) => (value: string) => change(withField(form, field, value));
  const faultOf = (field: string) => faults.find((fault) => fault.field === field);
  const off = isUnderWay
    ? 'The machine is being created.'
    : form.name.trim() === ''
      ? 'Give the machine a name first.'
      : faults.length > 0
        ? `Fix ${fieldWord(faults[0]?.field ?? '', form)} first.`
        : undefined;

  function create(): void {
    const parsed = MachineDraft.safeParse(draft);
    if (off !== undefined || !parsed.success) {
      if (form.name.trim() === '') nameField.current?.focus();
      return;
    }
    setCreation({ kind: 'asked' });
    setRefusal(null);
    void begin(parsed.data);
  }

  async function begin(input: CallInput<'machine.create'>): Promise<void> {
    try {
      const { id } = await connection.call('machine.create', input);
      setCreation({ kind: 'begun', id });
      const ended = await connection.call('operation.wait', { operation: id });
      // Who has gone to another page meanwhile is not taken away from it.
      if (!isOpen.current) return;
      if (ended.state === 'done') go(machineHref(ended.machineId));
      else if (ended.error !== undefined && ended.state !== 'cancelled') refuse(ended.error);
    } catch (error) {
      refuse(failureOf(error));
    }
    setCreation({ kind: 'idle' });
  }

  function refuse({ field = '', message, hint }: Failure): void {
    setRefusal({ field, message, ...(hint === undefined ? {} : { hint }) });
  }

  useShortcut('mod+Enter', create);
  useShortcut('Escape', () => go(fleetHref));

  const advancedOpen =
    showsAdvanced || [...advancedFields, ...choiceFields].some((field) => faultOf(field) !== undefined);
  return (
    <>
      <div className="new-machine">
        <form className="form" onSubmit={(event) => event.preventDefault()} inert={isUnderWay}>
          <fieldset>
            <legend>Machine</legend>
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
              <TagField tags={form.tags} onChange={(tags) => change({ ...form, tags })} fault={faultOf('tags')} />
            </div>
          </fieldset>
          <fieldset>
            <legend>Size</legend>
            <div className="form-grid form-grid-three form-grid-roomy">
              <TextField
                label="CPUs"
                hint="default 2"
                fault={faultOf('cpus')}
                value={form.cpus}
                onChange={set('cpus')}
                placeholder={emptyForm.cpus}
                maxLength={12}
                isNumber
              />
              <TextField
                label="Memory"
                hint={sizeHint(form.memoryMib)}
                fault={faultOf('memoryMib')}
                value={form.memoryMib}
                onChange={set('memoryMib')}
                placeholder={emptyForm.memoryMib}
                unit="MiB"
                maxLength={12}
                isNumber
              />
              <TextField
                label="Disk"
                hint={`${sizeHint(form.diskMib)}, grows as it fills`}
                fault={faultOf('diskMib')}
                value={form.diskMib}
                onChange={set('diskMib')}
                placeholder={emptyForm.diskMib}
                unit="MiB"
                maxLength={12}
                isNumber
              />
            </div>
          </fieldset>
          <fieldset>
            <legend>Ports</legend>
            <PortFields
              forwards={form.forwards}
              onChange={(forwards) => change({ ...form, forwards })}
              onField={(field, value) => set(field)(value)}
              faultOf={faultOf}
            />
          </fieldset>
          <fieldset>
            <legend>
              <button
                type="button"
                className="form-fold"
                aria-expanded={advancedOpen}
                onClick={() => setShowsAdvanced(!advancedOpen)}
              >
                {advancedOpen ? (
                  <ChevronDown className="icon icon-small" aria-hidden="true" />
                ) : (
                  <ChevronRight className="icon icon-small" aria-hidden="true" />
                )}
                Advanced
              </button>
            </legend>
            {advancedOpen ? (
              <AdvancedFields form={form} set={set} faultOf={faultOf} />
            ) : (
              <p className="form-folded faint">
                Boot from a CD image or straight into a kernel; firmware, network, an existing image.
              </p>
            )}
          </fieldset>
        </form>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard */}
        <aside className="form-side" tabIndex={0} aria-label="Will it fit, and the same as a command">
          <FitPanel
            asked={{
              cpus: amount(form.cpus, 2),
              memoryMib: amount(form.memoryMib, 2048),
              diskMib: amount(form.diskMib, 20_480),
            }}
          />
          <CommandPanel form={form} isFaulty={(field) => faults.some((fault) => fault.field.startsWith(field))} />
        </aside>
      </div>
      <CreateFooter
        operation={operation?.state === 'running' ? operation : undefined}
        failure={
          refusal !== null && refusal.field === ''
            ? `${refusal.message}${refusal.hint === undefined ? '' : ` ${refusal.hint}`}`
            : ''
        }
        fixes={fixesIn(faults, form)}
        off={off}
        start={form.start}
        onStart={(start) => setForm({ ...form, start })}
        onCreate={create}
      />
    </>
  );
}

interface AdvancedFieldsProps {
  readonly form: DraftForm;
  set(field: string): (value: string) => void;
  faultOf(field: string): FieldFault | undefined;
}

function AdvancedFields({ form, set, faultOf }: AdvancedFieldsProps) {
  const field = (name: (typeof advancedFields)[number], label: string, hint: string, placeholder: string) => (
    <TextField
      label={label}
      hint={hint}
      fault={faultOf(name)}
      value={form[name]}
      onChange={set(name)}
      placeholder={placeholder}
      isCode
      wide
    />
  );
  return (
    <div className="form-grid">
      {field('iso', 'CD image', 'path of a file; booted before the disk', '/path/of/installer.iso')}
      {field('mac', 'MAC address', 'left empty, one is made up', '52:54:00:12:34:56')}
      {field('kernel', 'Kernel', 'path of a file; booted directly', '/path/of/vmlinuz')}
      {field('initrd', 'Initrd', 'needs a kernel', '/path/of/initrd.img')}
      {field('append', 'Kernel command line', 'needs a kernel', 'console=ttyS0')}
      {field('diskPath', 'Existing image', 'used where it lies; it stays when the machine goes', '/path/of/disk.qcow2')}
      {field('group', 'Group', 'group/name finds the machine too', 'lab')}
      <Choice label="Firmware" field="firmware" options={firmwares} form={form} set={set} />
      <Choice label="Disk" field="preallocation" options={preallocations} form={form} set={set} />
      <Choice label="Network" field="network" options={networks} form={form} set={set} />
      {form.network === 'bridge' ? field('bridge', 'Bridge', 'of this computer', 'br0') : null}
      {field('qemuArgs', 'Further QEMU arguments', 'only harmless ones are taken', '-rtc base=localtime')}
    </div>
  );
}

const firmwares = [
  { value: 'bios', label: 'BIOS' },
  { value: 'uefi', label: 'UEFI' },
] as const;
const preallocations = [
  { value: 'off', label: 'Grows as it fills' },
  { value: 'metadata', label: 'Laid out at once' },
] as const;
const networks = [
  { value: 'default', label: 'User mode' },
  { value: 'bridge', label: 'Bridge' },
] as const;

interface ChoiceProps {
  readonly label: string;
  readonly field: (typeof choiceFields)[number];
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly form: DraftForm;
  set(field: string): (value: string) => void;
}

function Choice({ label, field, options, form, set }: ChoiceProps) {
  return (
    <div className="field">
      <span className="field-label" aria-hidden="true">
        {label}
      </span>
      <Segments name={label} options={options} value={form[field]} onChange={set(field)} />
      <div className="field-hint" />
    </div>
  );
}

/**
 * The form's own word about a field counts before the computer's. A name that was not typed yet is no fault to be shown:
 * the button says what is missing.
 */
function mergedFaults(
  form: DraftForm,
  own: readonly FieldFault[],
  rehearsed: readonly FieldFault[],
  refusal: FieldFault | null,
): readonly FieldFault[] {
  const merged = new Map<string, FieldFault>();
  const refused = refusal === null || refusal.field === '' ? [] : [refusal];
  for (const fault of [...own, ...refused, ...rehearsed]) {
    const field = fault.field.startsWith('tags.') ? 'tags' : fault.field;
    if (field === 'name' && form.name.trim() === '') continue;
    if (!merged.has(field)) merged.set(field, { ...fault, field });
  }
  return [...merged.values()];
}

function fixesIn(faults: readonly FieldFault[], form: DraftForm): string {
  const [first] = faults;
  if (first === undefined) return '';
  return `${counted(faults.length, 'field')} to fix: ${fieldWord(first.field, form)}`;
}

function amount(text: string, fallback: number): number | null {
  if (text.trim() === '') return fallback;
  return /^\d{1,12}$/.test(text.trim()) ? Number(text.trim()) : null;
}

function sizeHint(text: string): string {
  const mib = amount(text, 0);
  return mib === null || mib === 0 ? 'default' : chosenSize(mib);
}
