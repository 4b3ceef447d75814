import { X } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import type { FieldFault } from './field-fault.ts';
import { FieldFrame } from './form-field.tsx';

interface TagFieldProps {
  readonly tags: readonly string[];
  onChange(tags: readonly string[]): void;
  readonly fault: FieldFault | undefined;
}

/** Enter, comma or leaving the field adds a tag; Backspace in an empty field takes the last one back. */
export function TagField({ tags, onChange, fault }: TagFieldProps) {
  const [typed, setTyped] = useState('');

  function add(): void {
    const fresh = typed.split(/[\s,]+/).filter((tag) => tag !== '' && !tags.includes(tag));
    if (fresh.length > 0) onChange([...tags, ...new Set(fresh)]);
    setTyped('');
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey) return;
    if ((event.key === 'Enter' || event.key === ',' || event.key === ' ') && typed.trim() !== '') {
      event.preventDefault();
      add();
    } else if (event.key === 'Backspace' && typed === '' && tags.length > 0) {
      onChange(tags.slice(0, -1));
    }
  }

  return (
    <FieldFrame label="Tags" hint="Enter adds one" fault={fault} onFix={() => {}} wide>
      {({ field, message }) => (
        <div className={fault === undefined ? 'field-box tag-box' : 'field-box tag-box field-box-bad'}>
          {tags.map((tag) => (
            <span className="tag" key={tag}>
              {tag}
              <button
                type="button"
                className="tag-remove"
                aria-label={`Remove the tag ${tag}`}
                onClick={() => onChange(tags.filter((each) => each !== tag))}
              >
                <X className="icon icon-tiny" aria-hidden="true" />
              </button>
            </span>
          ))}
          <input
            id={field}
            type="text"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={onKeyDown}
            onBlur={add}
            aria-invalid={fault === undefined ? undefined : true}
            aria-describedby={message}
            maxLength={200}
            spellCheck={false}
            autoComplete="off"
          />
        </div>
      )}
    </FieldFrame>
  );
}
