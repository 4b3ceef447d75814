import type { MachineConfig } from '../../../main/contract/machine.ts';
import { MachineEdit } from '../../../main/contract/machine-edit.ts';
import { type FieldFault, faultsOfSchema, numberOf } from '../../components/field-fault.ts';

/** What stands in the form, as typed. */
export interface EditForm {
  readonly cpus: string;
  readonly memoryMib: string;
  readonly diskMib: string;
  readonly group: string;
  readonly tags: readonly string[];
  readonly forwards: readonly { readonly host: string; readonly guest: string }[];
}

export const editFormOf = (config: MachineConfig): EditForm => ({
  cpus: String(config.cpus),
  memoryMib: String(config.memoryMib),
  diskMib: String(config.diskMib),
  group: config.group ?? '',
  tags: config.tags,
  forwards: config.forwards.map(({ host, guest }) => ({ host: String(host), guest: String(guest) })),
});

/** Only what differs, as `machine.edit` takes it: an edit of one field never writes another. */
export function changeOf(form: EditForm, config: MachineConfig): Readonly<Record<string, unknown>> {
  const kept = editFormOf(config);
  const change: Record<string, unknown> = {};
  for (const field of ['cpus', 'memoryMib', 'diskMib'] as const) {
    if (form[field].trim() !== kept[field]) change[field] = numberOf(form[field]);
  }
  if (form.group.trim() !== kept.group) change.group = form.group.trim() === '' ? null : form.group.trim();
  if (form.tags.join(' ') !== kept.tags.join(' ')) change.tags = [...form.tags];
  if (JSON.stringify(form.forwards) !== JSON.stringify(kept.forwards)) {
    change.forwards = form.forwards.map(({ host, guest }) => ({ host: numberOf(host), guest: numberOf(guest) }));
  }
  return change;
}

/** What the form alone can tell. A disk that gets smaller would lose what lies at its end. */
export function editFaults(form: EditForm, config: MachineConfig): readonly FieldFault[] {
  const change = changeOf(form, config);
  if (Object.keys(change).length === 0) return [];
  const faults = [...faultsOfSchema(MachineEdit.safeParse(change))];
  if (typeof change.diskMib === 'number' && change.diskMib < config.diskMib) {
    faults.push({
      field: 'diskMib',
      message: `A disk only grows; it has ${config.diskMib} MiB.`,
      suggestion: String(config.diskMib),
    });
  }
  return faults;
}
