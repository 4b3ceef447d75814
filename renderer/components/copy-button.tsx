import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from './button.tsx';

interface CopyButtonProps {
  /** What is copied, named for those who do not see it: `address`. */
  readonly what: string;
  readonly text: string;
  readonly words?: boolean;
}

const saidForMs = 1500;

export function CopyButton({ what, text, words = false }: CopyButtonProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), saidForMs);
    return () => clearTimeout(timer);
  }, [state]);
  const label = state === 'copied' ? `Copied ${what}` : state === 'refused' ? `Could not copy ${what}` : `Copy ${what}`;
  const copy = () => {
    setState(copyText(text) ? 'copied' : 'refused');
  };
  return (
    <Button
      look="plain"
      size="small"
      icon={state === 'copied' ? Check : Copy}
      aria-label={label}
      onClick={copy}
      {...(words ? { children: 'Copy' } : {})}
    />
  );
}

/**
 * Copies through the page's own selection. The clipboard interface of the browser asks for a permission, and this app
 * grants none.
 */
export function copyText(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.readOnly = true;
  field.className = 'visually-hidden';
  // Inside of an open dialog the focus may not leave it, so the field goes where the focus is.
  const before = document.activeElement;
  (before?.parentElement ?? document.body).append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return copied;
}
