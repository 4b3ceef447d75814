import { useSettings } from '../../client/use-engine.ts';
import { numberField, type SettingField, SettingsForm } from './settings-form.tsx';

const fields: readonly SettingField[] = [
  numberField(
    'capacity.cpu_overcommit',
    { label: 'CPUs promised', hint: 'for each thread of this computer', unit: 'CPUs' },
    ({ capacity }) => capacity.cpu_overcommit,
  ),
  numberField(
    'capacity.reserve_memory_mib',
    { label: 'Memory kept back', hint: 'for this computer itself', unit: 'MiB' },
    ({ capacity }) => capacity.reserve_memory_mib,
  ),
  numberField(
    'recovery.stop_seconds',
    { label: 'A stop waits', hint: 'for the guest to shut down, before it is ended', unit: 's' },
    ({ recovery }) => recovery.stop_seconds,
  ),
  numberField(
    'hooks.timeout_seconds',
    { label: 'A hook may take', hint: 'then it is ended with everything it started', unit: 's' },
    ({ hooks }) => hooks.timeout_seconds,
  ),
];

/** What machines of this computer may take of it, and how long is waited for them. */
export function MachineSettings() {
  const settings = useSettings();
  if (settings === null) return null;
  return (
    <section aria-label="Machines of this computer">
      <header className="section-head">
        <h2>Machines of this computer</h2>
      </header>
      <SettingsForm name="What machines may take" settings={settings} fields={fields} />
    </section>
  );
}
