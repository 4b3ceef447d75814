import type { HealingRung, RestartPolicy } from '../../../main/contract/healing.ts';
import { WatchConfig, WatchPatch } from '../../../main/contract/lifecycle.ts';
import { type FieldFault, faultsOfSchema, numberOf } from '../../components/field-fault.ts';

const numberFields = [
  'check_interval_seconds',
  'ssh_failure_threshold',
  'recovery_threshold',
  'health_check_timeout',
  'start_allowance_seconds',
  'heartbeat_max_age_seconds',
  'disk_warning_percent',
  'disk_critical_percent',
  'memory_warning_percent',
] as const;
const textFields = ['ssh_host', 'ssh_user', 'ssh_key', 'check_script', 'heartbeat_file', 'revert_snapshot'] as const;
/** One value a line. */
const listFields = ['check_http', 'check_console', 'services', 'depends_on', 'maintenance'] as const;

export type WatchField =
  | (typeof numberFields)[number]
  | (typeof textFields)[number]
  | (typeof listFields)[number]
  | 'ssh_port'
  | 'check_tcp';

/** What stands in the form, as typed. An empty field takes what holds without it. */
export type WatchForm = Readonly<Record<WatchField, string>> & {
  /** Null leaves it to what the host was added with. */
  readonly ssh_trust_on_first_use: boolean | null;
  readonly check_agent: boolean;
  readonly restart_policy: RestartPolicy;
  readonly dry_run: boolean;
  /** In the order in which they are tried. */
  readonly ladder: readonly HealingRung[];
};

/** What holds where nothing was said. */
export const watchDefaults: WatchConfig = WatchConfig.parse({});

/** The form as it stands for a configuration; null for a machine of which the file says nothing. */
export function watchFormOf(config: WatchConfig | null): WatchForm {
  const known = config ?? watchDefaults;
  const texts: Record<string, string> = {
    ssh_port: known.ssh_port === undefined ? '' : String(known.ssh_port),
    check_tcp: known.check_tcp.join('\n'),
  };
  for (const field of numberFields) texts[field] = String(known[field]);
  for (const field of textFields) texts[field] = known[field] ?? '';
  for (const field of listFields) texts[field] = known[field].join('\n');
  return {
    ...(texts as Record<WatchField, string>),
    ssh_trust_on_first_use: known.ssh_trust_on_first_use ?? null,
    check_agent: known.check_agent,
    restart_policy: known.restart_policy,
    dry_run: known.dry_run,
    ladder: known.ladder,
  };
}

/** The whole form as `lifecycle.enable` takes it, also the fields that were emptied. */
function allOf(form: WatchForm): Readonly<Record<string, unknown>> {
  const { check_agent, dry_run, ladder, restart_policy, ssh_trust_on_first_use } = form;
  const all: Record<string, unknown> = { check_agent, dry_run, ladder, restart_policy, ssh_trust_on_first_use };
  for (const field of numberFields) {
    const text = form[field].trim();
    all[field] = text === '' ? watchDefaults[field] : numberOf(text);
  }
  for (const field of textFields) all[field] = form[field].trim() === '' ? null : form[field].trim();
  for (const field of listFields) all[field] = linesOf(form[field]);
  all.ssh_port = form.ssh_port.trim() === '' ? null : numberOf(form.ssh_port);
  all.check_tcp = linesOf(form.check_tcp).map(numberOf);
  return all;
}

/** Only what differs from what is kept: a change of one field never writes another. */
export function watchPatchOf(form: WatchForm, kept: WatchForm): Readonly<Record<string, unknown>> {
  const before = allOf(kept);
  return Object.fromEntries(
    Object.entries(allOf(form)).filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(before[field])),
  );
}

/** The patch, once nothing is wrong with it. */
export function watchPatch(form: WatchForm, kept: WatchForm): WatchPatch | null {
  const parsed = WatchPatch.safeParse(watchPatchOf(form, kept));
  return parsed.success && watchFaults(form).length === 0 ? parsed.data : null;
}

/** What the form alone can tell, with the line at fault where a field holds several. */
export function watchFaults(form: WatchForm): readonly FieldFault[] {
  const faults = faultsOfSchema(WatchPatch.safeParse(allOf(form))).map((fault) => {
    const [field = '', line] = fault.field.split('.');
    const lines: unknown = form[field as WatchField];
    if (line === undefined || typeof lines !== 'string') return fault;
    const text = linesOf(lines)[Number(line)] ?? '';
    return { field, message: `“${text.slice(0, 40)}”: ${fault.message}` };
  });
  const both = Number(form.disk_warning_percent) > Number(form.disk_critical_percent);
  if (both) faults.push({ field: 'disk_warning_percent', message: 'At most what counts as critical.' });
  if (form.ladder.includes('revert') && form.revert_snapshot.trim() === '') {
    faults.push({ field: 'revert_snapshot', message: 'Name the snapshot to go back to.' });
  }
  return faults;
}

export function isSameForm(one: WatchForm, other: WatchForm): boolean {
  return Object.keys(watchPatchOf(one, other)).length === 0;
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
