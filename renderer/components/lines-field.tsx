import type { ReactNode } from 'react';
import type { FieldFault } from './field-fault.ts';
import { FieldFrame } from './form-field.tsx';

interface LinesFieldProps {
  readonly label: string;
  readonly hint: ReactNode;
  readonly fault: FieldFault | undefined;
  readonly value: string;
  onChange(value: string): void;
  readonly placeholder?: string;
}

/** Several values, one a line. */
export function LinesField({ value, onChange, placeholder, ...frame }: LinesFieldProps) {
  return (
    <FieldFrame {...frame} onFix={onChange}>
      {({ field, message }) => (
        <div className={frame.fault === undefined ? 'field-box lines-box' : 'field-box lines-box field-box-bad'}>
          <textarea
            id={field}
            className="mono"
            rows={2}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            aria-invalid={frame.fault === undefined ? undefined : true}
            aria-describedby={message}
            placeholder={placeholder}
            maxLength={16_384}
            spellCheck={false}
            autoComplete="off"
          />
        </div>
      )}
    </FieldFrame>
  );
}
