import { useState } from 'react';
import { failureOf } from '../../../main/contract/failure.ts';
import { type Settings, SettingsPatch } from '../../../main/contract/settings.ts';
import { useClient } from '../../client/client-context.tsx';
import { Button } from '../../components/button.tsx';
import { type FieldFault, faultsOfSchema, numberOf } from '../../components/field-fault.ts';
import { ForeignText } from '../../components/foreign-text.tsx';
import { TextField } from '../../components/form-field.tsx';
import { LinesField } from '../../components/lines-field.tsx';
import { Mark } from '../../components/mark.tsx';

/** One key of `settings.toml` as a field. */
export interface SettingField {
  /** `retention.raw_days`. */
  readonly place: `${keyof SettingsPatch}.${string}`;
  readonly label: string;
  readonly hint: string;
  /** Of a number. */
  readonly unit?: string;
  /** A field of several lines. */
  readonly placeholder?: string;
  write(settings: Settings): string;
  /** What the schema is asked about. */
  read(text: string): unknown;
}

/** A number: whole, or with a dot. */
export function numberField(
  place: SettingField['place'],
  words: Pick<SettingField, 'label' | 'hint'> & { readonly unit: string },
  kept: (settings: Settings) => number,
): SettingField {
  const toValue = (text: string) => (/^\d{1,9}\.\d{1,6}$/.test(text.trim()) ? Number(text.trim()) : numberOf(text));
  return { place, ...words, write: (settings) => String(kept(settings)), read: toValue };
}

export const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

interface SettingsFormProps {
  readonly name: string;
  readonly settings: Settings;
  readonly fields: readonly SettingField[];
}

/** Settings that are typed, looked at as they are typed, and kept together. */
export function SettingsForm({ name, settings, fields }: SettingsFormProps) {
  const { connection } = useClient();
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isUnderWay, setUnderWay] = useState(false);
  const textOf = (field: SettingField): string => typed[field.place] ?? field.write(settings);
  const changed = fields.filter((field) => linesOf(textOf(field)).join('\n') !== field.write(settings));
  const parsed = SettingsPatch.safeParse(changeOf(changed, textOf));
  const faults = faultsOfSchema(parsed);
  const set = (field: SettingField, text: string): void => {
    setTyped({ ...typed, [field.place]: text });
    setRefusal(null);
  };

  async function save(): Promise<void> {
    if (!parsed.success) return;
    setUnderWay(true);
    try {
      await connection.call('settings.change', parsed.data);
      setTyped({});
    } catch (error) {
      setRefusal(failureOf(error).message);
    }
    setUnderWay(false);
  }

  const isChanged = changed.length > 0;
  const off = isUnderWay ? 'It is being changed.' : isChanged ? faults[0]?.message : 'Nothing was changed.';
  return (
    <form className="settings-form" aria-label={name} onSubmit={(event) => event.preventDefault()}>
      <div className="form-grid">
        {fields.map((field) => {
          const { label, hint, unit, placeholder } = field;
          const text = textOf(field);
          const own = { label, hint, fault: faultOf(faults, field, text), value: text };
          const onChange = (next: string) => set(field, next);
          return placeholder === undefined ? (
            <TextField key={field.place} {...own} onChange={onChange} unit={unit ?? ''} isNumber maxLength={12} />
          ) : (
            <LinesField key={field.place} {...own} onChange={onChange} placeholder={placeholder} />
          );
        })}
      </div>
      <div className="watch-verbs">
        <Button look={isChanged ? 'primary' : 'normal'} off={off} onClick={() => void save()}>
          Save
        </Button>
        <Button off={isChanged ? undefined : 'Nothing was changed.'} onClick={() => setTyped({})}>
          Undo
        </Button>
        <span className="crit cut" role="status">
          {refusal === null ? null : (
            <>
              <Mark kind="crit" /> <ForeignText>{refusal}</ForeignText>
            </>
          )}
        </span>
      </div>
    </form>
  );
}

/** Only what differs from what is kept. */
function changeOf(
  changed: readonly SettingField[],
  textOf: (field: SettingField) => string,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const change: Record<string, Record<string, unknown>> = {};
  for (const field of changed) {
    const [table = '', key = ''] = field.place.split('.');
    change[table] = { ...change[table], [key]: field.read(textOf(field)) };
  }
  return change;
}

/** Of several lines, which one is meant is said with the fault. */
function faultOf(faults: readonly FieldFault[], { place }: SettingField, text: string): FieldFault | undefined {
  const found = faults.find(({ field }) => field === place || field.startsWith(`${place}.`));
  const part = found?.field.slice(place.length + 1) ?? '';
  if (found === undefined || part === '') return found;
  const line = /^\d+$/.test(part) ? (linesOf(text)[Number(part)] ?? '') : part;
  return { ...found, message: `“${line}”: ${found.message}` };
}
