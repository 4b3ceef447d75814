import type { ReactElement } from 'react';

export const markKinds = [
  'ok',
  'warn',
  'crit',
  'unk',
  'work',
  'off',
  'pause',
  'sleep',
  'dealloc',
  'coin',
  'guard',
] as const;
export type MarkKind = (typeof markKinds)[number];

/** Each state has its own outline: the page must survive a grey print. */
const shapes: Readonly<Record<MarkKind, ReactElement>> = {
  ok: <circle cx="7" cy="7" r="4" className="mark-fill" />,
  warn: <path d="M7 1.5 13.2 12.5H.8Z" className="mark-fill" />,
  crit: (
    <>
      <rect x=".8" y=".8" width="12.4" height="12.4" rx="2.5" className="mark-fill" />
      <path d="m4.5 4.5 5 5M9.5 4.5l-5 5" className="mark-cut" />
    </>
  ),
  unk: (
    <>
      <circle cx="7" cy="7" r="5.8" className="mark-dashed" />
      <path d="M5.4 5.7c0-2.2 3.3-2.1 3.3-.1 0 1.3-1.7 1.3-1.7 2.7M7 10.2v.1" className="mark-line" />
    </>
  ),
  work: (
    <>
      <circle cx="7" cy="7" r="5" className="mark-track" />
      <path d="M7 2a5 5 0 1 1-5 5" className="mark-arc" />
    </>
  ),
  off: <circle cx="7" cy="7" r="4" className="mark-line" />,
  pause: <path d="M5 3.5v7M9 3.5v7" className="mark-bars" />,
  sleep: <path d="M11.5 8.7A4.8 4.8 0 1 1 5.3 2.5a3.9 3.9 0 0 0 6.2 6.2Z" className="mark-line" />,
  /** Who answers is in doubt. */
  guard: (
    <>
      <path d="M7 .8 12.4 2.6v4.2c0 3-2.1 5.2-5.4 6.4C3.7 12 1.6 9.8 1.6 6.8V2.6Z" className="mark-fill" />
      <path d="M7 4v3.6M7 10v.1" className="mark-cut" />
    </>
  ),
  /** Off, and paid for. */
  coin: (
    <>
      <circle cx="5.6" cy="5.6" r="4" className="mark-line" />
      <circle cx="10.4" cy="10.4" r="3.2" className="mark-fill" />
      <path d="M10.4 9v2.8" className="mark-cut mark-cut-thin" />
    </>
  ),
  dealloc: (
    <>
      <circle cx="7" cy="7" r="4" className="mark-line" />
      <path d="m2.5 11.5 9-9" className="mark-line" />
    </>
  ),
};

export interface MarkProps {
  readonly kind: MarkKind;
  /** Its word, when none stands beside it. */
  readonly label?: string;
}

export function Mark({ kind, label }: MarkProps) {
  const className = `mark mark-${kind}`;
  if (label === undefined) {
    return (
      <svg className={className} viewBox="0 0 14 14" aria-hidden="true">
        {shapes[kind]}
      </svg>
    );
  }
  return (
    <svg className={className} viewBox="0 0 14 14" role="img" aria-label={label}>
      <title>{label}</title>
      {shapes[kind]}
    </svg>
  );
}
