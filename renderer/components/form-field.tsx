import { type ReactNode, type Ref, useId } from 'react';
import type { FieldFault } from './field-fault.ts';
import { Mark } from './mark.tsx';

interface FieldFrameProps {
  readonly label: string;
  readonly hint: ReactNode;
  readonly fault: FieldFault | undefined;
  /** Takes the value that would be accepted. */
  onFix(value: string): void;
  readonly wide?: boolean;
  children(ids: { readonly field: string; readonly message: string }): ReactNode;
}

/** Label, control, and one reserved line for the hint or the fault: a fault moves nothing. */
export function FieldFrame({ label, hint, fault, onFix, wide = false, children }: FieldFrameProps) {
  const id = useId();
  return (
    <div className={wide ? 'field field-wide' : 'field'}>
      <label htmlFor={id}>{label}</label>
      {children({ field: id, message: `${id}-message` })}
      <div id={`${id}-message`} className={fault === undefined ? 'field-hint' : 'field-hint field-fault'}>
        {fault === undefined ? hint : <Fault fault={fault} onFix={onFix} />}
      </div>
    </div>
  );
}

export function Fault({ fault, onFix }: { readonly fault: FieldFault; onFix(value: string): void }) {
  const { message, hint, suggestion } = fault;
  return (
    <>
      <Mark kind="crit" />
      <span title={hint}>
        {message}{' '}
        {suggestion === undefined ? null : (
          <button type="button" className="link" onClick={() => onFix(suggestion)}>
            Use {suggestion}
          </button>
        )}
      </span>
    </>
  );
}

interface TextFieldProps extends Omit<FieldFrameProps, 'children' | 'onFix'> {
  readonly value: string;
  onChange(value: string): void;
  readonly unit?: string;
  readonly isNumber?: boolean;
  readonly isCode?: boolean;
  /** What is typed is not shown. */
  readonly isSecret?: boolean;
  readonly placeholder?: string;
  readonly maxLength?: number;
  readonly isRequired?: boolean;
  readonly ref?: Ref<HTMLInputElement>;
}

export function TextField({
  value,
  onChange,
  unit,
  isNumber = false,
  isCode = false,
  isSecret = false,
  placeholder,
  maxLength = 4096,
  isRequired = false,
  ref,
  ...frame
}: TextFieldProps) {
  return (
    <FieldFrame {...frame} onFix={onChange}>
      {({ field, message }) => (
        <div className={frame.fault === undefined ? 'field-box' : 'field-box field-box-bad'}>
          <input
            id={field}
            ref={ref}
            type={isSecret ? 'password' : 'text'}
            className={isCode ? 'mono' : undefined}
            inputMode={isNumber ? 'numeric' : undefined}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            aria-invalid={frame.fault === undefined ? undefined : true}
            aria-describedby={message}
            aria-required={isRequired || undefined}
            placeholder={placeholder}
            maxLength={maxLength}
            spellCheck={false}
            autoComplete="off"
          />
          {unit === undefined ? null : <span className="field-unit">{unit}</span>}
        </div>
      )}
    </FieldFrame>
  );
}
