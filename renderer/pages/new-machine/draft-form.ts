import { MachineDraft } from '../../../main/contract/machine.ts';
import { type FieldFault, numberOf } from '../../components/field-fault.ts';

/** What stands in the form, as typed. An empty field takes its default. */
export interface DraftForm {
  readonly name: string;
  readonly tags: readonly string[];
  readonly cpus: string;
  readonly memoryMib: string;
  readonly diskMib: string;
  readonly forwards: readonly { readonly host: string; readonly guest: string }[];
  readonly kernel: string;
  readonly initrd: string;
  readonly append: string;
  readonly iso: string;
  readonly mac: string;
  readonly diskPath: string;
  readonly group: string;
  readonly bridge: string;
  /** Further arguments for QEMU, parted by spaces. */
  readonly qemuArgs: string;
  readonly firmware: string;
  readonly preallocation: string;
  readonly network: string;
  readonly start: boolean;
}

export const emptyForm: DraftForm = {
  name: '',
  tags: [],
  cpus: '2',
  memoryMib: '2048',
  diskMib: '20480',
  forwards: [],
  kernel: '',
  initrd: '',
  append: '',
  iso: '',
  mac: '',
  diskPath: '',
  group: '',
  bridge: '',
  qemuArgs: '',
  firmware: 'bios',
  preallocation: 'off',
  network: 'default',
  start: true,
};

export const textFields = ['kernel', 'initrd', 'append', 'iso', 'mac', 'diskPath', 'group', 'bridge'] as const;
export const choiceFields = ['firmware', 'preallocation', 'network'] as const;
export const sizeFields = ['cpus', 'memoryMib', 'diskMib'] as const;

/** The form as `machine.create` and `machine.rehearse` take it. What is no number is left for the schema to refuse. */
export function draftOf(form: DraftForm): Record<string, unknown> {
  const draft: Record<string, unknown> = { name: form.name.trim(), start: form.start };
  for (const field of sizeFields) {
    const text = form[field].trim();
    if (text !== '') draft[field] = numberOf(text);
  }
  for (const field of textFields) {
    const text = form[field].trim();
    if (text !== '') draft[field] = text;
  }
  for (const field of choiceFields) {
    if (form[field] !== emptyForm[field]) draft[field] = form[field];
  }
  const args = argsOf(form);
  if (args.length > 0) draft.qemuArgs = [...args];
  if (form.tags.length > 0) draft.tags = [...form.tags];
  if (form.forwards.length > 0) {
    draft.forwards = form.forwards.map(({ host, guest }) => ({ host: numberOf(host), guest: numberOf(guest) }));
  }
  return draft;
}

export function argsOf({ qemuArgs }: DraftForm): readonly string[] {
  return qemuArgs.split(/\s+/).filter((arg) => arg !== '');
}

/** What the form alone can tell, at once and without asking anyone: at most one fault per field. */
export function formFaults(form: DraftForm): readonly FieldFault[] {
  const faults = new Map<string, FieldFault>();
  const add = (fault: FieldFault) => {
    if (!faults.has(fault.field)) faults.set(fault.field, fault);
  };
  const parsed = MachineDraft.safeParse(draftOf(form));
  for (const issue of parsed.success ? [] : parsed.error.issues) {
    const field = fieldOf(issue.path.map(String));
    add({ field, message: issue.message, ...suggestionFor(field, form) });
  }
  const seen = new Map<string, number>();
  form.forwards.forEach(({ host }, index) => {
    const before = seen.get(host.trim());
    if (before !== undefined && host.trim() !== '') {
      add({ field: `forwards.${index}.host`, message: `Port ${host.trim()} stands here twice.` });
    }
    seen.set(host.trim(), index);
  });
  return [...faults.values()];
}

/** All tags share one field, and so do all arguments; a port keeps its place. */
function fieldOf(path: readonly string[]): string {
  const [first] = path;
  return first === 'tags' || first === 'qemuArgs' ? first : path.join('.');
}

function suggestionFor(field: string, form: DraftForm): { readonly suggestion?: string } {
  if (field !== 'name') return {};
  const fitting = form.name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63)
    .replace(/-+$/, '');
  return fitting === '' || fitting === form.name ? {} : { suggestion: fitting };
}

/** A form with one field set, by the name a fault gives it. Unknown fields change nothing. */
export function withField(form: DraftForm, field: string, value: string): DraftForm {
  const [, index, side] = /^forwards\.(\d+)\.(host|guest)$/.exec(field) ?? [];
  if (index !== undefined && (side === 'host' || side === 'guest')) {
    return {
      ...form,
      forwards: form.forwards.map((each, place) => (place === Number(index) ? { ...each, [side]: value } : each)),
    };
  }
  const known: readonly string[] = ['name', 'qemuArgs', ...sizeFields, ...textFields, ...choiceFields];
  return known.includes(field) ? { ...form, [field]: value } : form;
}

const fieldWords: Readonly<Record<string, string>> = {
  name: 'the name',
  tags: 'the tags',
  cpus: 'the CPUs',
  memoryMib: 'the memory',
  diskMib: 'the disk',
  forwards: 'the ports',
  kernel: 'the kernel',
  initrd: 'the initrd',
  append: 'the kernel’s command line',
  iso: 'the CD image',
  mac: 'the MAC address',
  diskPath: 'the image',
  group: 'the group',
  bridge: 'the bridge',
  qemuArgs: 'the arguments',
  firmware: 'the firmware',
  preallocation: 'the preallocation',
  network: 'the network',
};

/** What a person calls a field: `the memory`, `port 2222`. */
export function fieldWord(field: string, form: DraftForm): string {
  const [, index, side] = /^forwards\.(\d+)(?:\.(host|guest))?$/.exec(field) ?? [];
  if (index === undefined) return fieldWords[field] ?? field;
  const port = form.forwards[Number(index)]?.[side === 'guest' ? 'guest' : 'host'].trim();
  return port === undefined || port === '' ? 'a port' : `port ${port}`;
}
