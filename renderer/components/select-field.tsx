import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import type { FieldFault } from './field-fault.ts';
import { FieldFrame } from './form-field.tsx';

interface SelectFieldProps<T extends string> {
  readonly label: string;
  readonly hint: ReactNode;
  readonly fault?: FieldFault | undefined;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly value: T;
  onChange(value: T): void;
}

/** One of several, by the system's own list. */
export function SelectField<T extends string>({ options, value, onChange, ...frame }: SelectFieldProps<T>) {
  const choose = (chosen: string): void => {
    const found = options.find((option) => option.value === chosen);
    if (found !== undefined) onChange(found.value);
  };
  return (
    <FieldFrame {...frame} fault={frame.fault} onFix={choose}>
      {({ field, message }) => (
        <div className={frame.fault === undefined ? 'field-box select-box' : 'field-box select-box field-box-bad'}>
          <select id={field} value={value} onChange={(event) => choose(event.target.value)} aria-describedby={message}>
            {options.map((option) => (
              <option key={option.value} value={option.value}>
                {option.label}
              </option>
            ))}
          </select>
          <ChevronDown className="icon icon-small" strokeWidth={1.6} aria-hidden="true" />
        </div>
      )}
    </FieldFrame>
  );
}
