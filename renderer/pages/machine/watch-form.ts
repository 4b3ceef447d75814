import { WatchConfig, WatchPatch } from '../../../main/contract/lifecycle.ts';
import { type FieldFault, faultsOfSchema, numberOf } from '../../components/field-fault.ts';

const numberFields = [
  'check_interval_seconds',
  'ssh_failure_threshold',
  'health_check_timeout',
  'start_allowance_seconds',
] as const;
const sshTextFields = ['ssh_host', 'ssh_user', 'ssh_key'] as const;

export type WatchField = (typeof numberFields)[number] | (typeof sshTextFields)[number] | 'ssh_port';

/** What stands in the form, as typed. An empty field takes what holds without it. */
export type WatchForm = Readonly<Record<WatchField, string>> & {
  /** Null leaves it to what the host was added with. */
  readonly ssh_trust_on_first_use: boolean | null;
};

/** What holds where nothing was said. */
export const watchDefaults: WatchConfig = WatchConfig.parse({});

/** The form as it stands for a configuration; null for a machine of which the file says nothing. */
export function watchFormOf(config: WatchConfig | null): WatchForm {
  const known = config ?? watchDefaults;
  return {
    check_interval_seconds: String(known.check_interval_seconds),
    ssh_failure_threshold: String(known.ssh_failure_threshold),
    health_check_timeout: String(known.health_check_timeout),
    start_allowance_seconds: String(known.start_allowance_seconds),
    ssh_host: known.ssh_host ?? '',
    ssh_port: known.ssh_port === undefined ? '' : String(known.ssh_port),
    ssh_user: known.ssh_user ?? '',
    ssh_key: known.ssh_key ?? '',
    ssh_trust_on_first_use: known.ssh_trust_on_first_use ?? null,
  };
}

/** The form as `lifecycle.enable` takes it, also the fields that were emptied. */
export function watchPatchOf(form: WatchForm): Readonly<Record<string, unknown>> {
  const patch: Record<string, unknown> = { ssh_trust_on_first_use: form.ssh_trust_on_first_use };
  for (const field of numberFields) {
    const text = form[field].trim();
    patch[field] = text === '' ? watchDefaults[field] : numberOf(text);
  }
  for (const field of sshTextFields) patch[field] = form[field].trim() === '' ? null : form[field].trim();
  patch.ssh_port = form.ssh_port.trim() === '' ? null : numberOf(form.ssh_port);
  return patch;
}

/** The patch, once nothing is wrong with it. */
export function watchPatch(form: WatchForm): WatchPatch | null {
  const parsed = WatchPatch.safeParse(watchPatchOf(form));
  return parsed.success ? parsed.data : null;
}

export function watchFaults(form: WatchForm): readonly FieldFault[] {
  return faultsOfSchema(WatchPatch.safeParse(watchPatchOf(form)));
}

export function isSameForm(one: WatchForm, other: WatchForm): boolean {
  return JSON.stringify(watchPatchOf(one)) === JSON.stringify(watchPatchOf(other));
}
