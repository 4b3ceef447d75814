import { ListFilter } from 'lucide-react';
import type { Ref } from 'react';

interface FilterFieldProps {
  /** What it filters, for those who do not see where it stands. */
  readonly label: string;
  readonly placeholder: string;
  readonly filter: string;
  onFilter(filter: string): void;
  readonly field: Ref<HTMLInputElement>;
  readonly className?: string;
}

/** The one field that narrows a list: `/` leads to it, Escape empties it and leaves. */
export function FilterField({ label, placeholder, filter, onFilter, field, className = '' }: FilterFieldProps) {
  return (
    <label className={`field-box ${className}`.trim()}>
      <ListFilter className="icon icon-small" strokeWidth={1.6} aria-hidden="true" />
      <input
        ref={field}
        type="text"
        aria-label={label}
        placeholder={placeholder}
        value={filter}
        maxLength={200}
        spellCheck={false}
        onChange={(event) => onFilter(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          onFilter('');
          event.currentTarget.blur();
        }}
      />
      <kbd>/</kbd>
    </label>
  );
}
