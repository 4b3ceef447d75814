import type { Settings } from '../../../main/contract/settings.ts';
import { useSettings } from '../../client/use-engine.ts';
import { numberOf } from '../../components/field-fault.ts';
import { linesOf, numberField, type SettingField, SettingsForm } from './settings-form.tsx';

const intervalsOf = ({ collection }: Settings): string =>
  Object.entries(collection.machine_interval_seconds)
    .map(([machine, seconds]) => `${machine}: ${seconds}`)
    .join('\n');

/** A line that does not say how often is left to the schema, under its whole text. */
const machineIntervals = (text: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    linesOf(text).map((line) => {
      const [, machine = line, seconds = ''] = /^(.+?)\s*:\s*(\S+)$/.exec(line) ?? [];
      return [machine, numberOf(seconds)];
    }),
  );

const fields: readonly SettingField[] = [
  numberField(
    'collection.interval_seconds',
    { label: 'Read every', hint: 'from one reading of every machine to the next', unit: 's' },
    ({ collection }) => collection.interval_seconds,
  ),
  {
    place: 'collection.machine_interval_seconds',
    label: 'But single machines',
    hint: 'name: seconds, one a line; read more often, or less',
    placeholder: 'web-1: 300',
    write: intervalsOf,
    read: machineIntervals,
  },
  numberField(
    'collection.max_workers',
    { label: 'At a time', hint: 'so many machines are read beside each other', unit: 'machines' },
    ({ collection }) => collection.max_workers,
  ),
  numberField(
    'collection.timeout_seconds',
    { label: 'Patience', hint: 'a machine that takes longer has failed that reading', unit: 's' },
    ({ collection }) => collection.timeout_seconds,
  ),
  numberField(
    'retention.raw_days',
    { label: 'Keep single readings', hint: 'what is older is dropped; its hours stay', unit: 'days' },
    ({ retention }) => retention.raw_days,
  ),
  numberField(
    'retention.hourly_days',
    { label: 'Keep hours', hint: 'lowest, mean and highest of each', unit: 'days' },
    ({ retention }) => retention.hourly_days,
  ),
  numberField(
    'retention.daily_days',
    { label: 'Keep days', hint: 'lowest, mean and highest of each', unit: 'days' },
    ({ retention }) => retention.daily_days,
  ),
  numberField(
    'storage.metrics_mib',
    { label: 'Never more than', hint: 'larger than that, the oldest single readings go early', unit: 'MiB' },
    ({ storage }) => storage.metrics_mib,
  ),
];

/** How often machines are read, and for how long what was read is kept. */
export function ReadingSettings() {
  const settings = useSettings();
  if (settings === null) return null;
  return (
    <section aria-label="Readings">
      <header className="section-head">
        <h2>Readings</h2>
        <span className="faint">In force at once. What is kept for shorter is dropped within the hour.</span>
      </header>
      <SettingsForm name="How machines are read" settings={settings} fields={fields} />
    </section>
  );
}
