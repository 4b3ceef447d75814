import { SshHostDraft, type SshHostDraftInput } from '../../../main/contract/ssh-host.ts';
import { type FieldFault, faultsOfSchema, numberOf } from '../../components/field-fault.ts';

/** What stands in the form, as typed. An empty field takes its default. */
export interface HostForm {
  readonly name: string;
  readonly address: string;
  readonly port: string;
  readonly user: string;
  readonly keyFile: string;
  readonly trustOnFirstUse: boolean;
}

export const emptyHost: HostForm = {
  name: '',
  address: '',
  port: '',
  user: '',
  keyFile: '',
  trustOnFirstUse: false,
};

export type HostTextField = Exclude<keyof HostForm, 'trustOnFirstUse'>;

/** The form as `host.add` takes it. What is no number is left for the schema to refuse. */
export function hostDraftOf(form: HostForm): Readonly<Record<string, unknown>> {
  const [port, user, keyFile] = [form.port.trim(), form.user.trim(), form.keyFile.trim()];
  return {
    name: form.name.trim(),
    address: form.address.trim(),
    trustOnFirstUse: form.trustOnFirstUse,
    ...(port === '' ? {} : { port: numberOf(port) }),
    ...(user === '' ? {} : { user }),
    ...(keyFile === '' ? {} : { keyFile }),
  };
}

/** The draft, once nothing is wrong with it. */
export function hostDraft(form: HostForm): SshHostDraftInput | null {
  const parsed = SshHostDraft.safeParse(hostDraftOf(form));
  return parsed.success ? parsed.data : null;
}

/** What is wrong with what was typed. A field that nobody filled in yet is no fault: the button says what is missing. */
export function hostFaults(form: HostForm): readonly FieldFault[] {
  return faultsOfSchema(SshHostDraft.safeParse(hostDraftOf(form))).filter(
    ({ field }) => !((field === 'name' || field === 'address') && form[field].trim() === ''),
  );
}

/** What is still missing, in words; undefined when nothing is. */
export function missingIn(form: HostForm): string | undefined {
  if (form.name.trim() === '') return 'Give the host a name first.';
  return form.address.trim() === '' ? 'Give its address first.' : undefined;
}
