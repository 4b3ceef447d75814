import type { LucideIcon } from 'lucide-react';
import { useId } from 'react';

interface SegmentsProps {
  /** What is chosen, for those who do not see it. */
  readonly name: string;
  readonly options: readonly { readonly value: string; readonly label: string; readonly icon?: LucideIcon }[];
  readonly value: string;
  onChange(value: string): void;
}

/** One of a few, side by side; those with an icon show it in the place of their word. */
export function Segments({ name, options, value, onChange }: SegmentsProps) {
  const id = useId();
  return (
    <fieldset className="segments">
      <legend className="visually-hidden">{name}</legend>
      {options.map(({ icon: Icon, ...option }) => (
        <label className="segment" key={option.value} title={Icon === undefined ? undefined : option.label}>
          <input
            type="radio"
            name={id}
            className="visually-hidden"
            checked={value === option.value}
            onChange={() => onChange(option.value)}
          />
          {Icon === undefined ? (
            option.label
          ) : (
            <>
              <Icon className="icon icon-small" strokeWidth={1.6} aria-hidden="true" />
              <span className="visually-hidden">{option.label}</span>
            </>
          )}
        </label>
      ))}
    </fieldset>
  );
}
