import type { ReactElement } from 'react';

export type BrandState = 'calm' | 'working' | 'attention' | 'alarm' | 'asleep';

const eye = 'M2 11c2.4-4 5.4-6 9-6s6.6 2 9 6c-2.4 4-5.4 6-9 6s-6.6-2-9-6Z';

/** The same outlines as resources/icons/tray-*.svg. */
const shapes: Readonly<Record<BrandState, ReactElement>> = {
  calm: (
    <>
      <path d={eye} className="brand-line" />
      <circle cx="11" cy="11" r="3" className="brand-fill" />
    </>
  ),
  working: (
    <>
      <path d={eye} className="brand-line" />
      <path d="M11 7.8a3.2 3.2 0 1 1-3.2 3.2" className="brand-line brand-work" />
    </>
  ),
  attention: (
    <>
      <path
        d="M11.7 16.98A9 9 0 0 1 11 17c-3.6 0-6.6-2-9-6 2.4-4 5.4-6 9-6 3.3 0 6.1 1.7 8.4 5"
        className="brand-line"
      />
      <circle cx="10.2" cy="10.6" r="2.8" className="brand-fill" />
      <path d="m17 11.6 4.4 8h-8.8Z" className="brand-fill brand-warn" />
    </>
  ),
  alarm: (
    <path
      fillRule="evenodd"
      className="brand-fill"
      d="M7 1.5h8L20.5 7v8L15 20.5H7L1.5 15V7Zm2.6 4 .4 7.2h2l.4-7.2Zm1.4 8.6a1.4 1.4 0 1 0 0 2.8 1.4 1.4 0 0 0 0-2.8Z"
    />
  ),
  asleep: (
    <path
      d="M2.5 9.5c2.3 3.3 5.2 5 8.5 5s6.2-1.7 8.5-5M5 12.8l-1.6 2.4M11 14.5v3M17 12.8l1.6 2.4"
      className="brand-line"
    />
  ),
};

const words: Readonly<Record<BrandState, string>> = {
  calm: 'All well',
  working: 'Working',
  attention: 'Asks for attention',
  alarm: 'Needs you',
  asleep: 'Not watching',
};

export function BrandMark({ state }: { readonly state: BrandState }) {
  return (
    <svg className="brand-mark" viewBox="0 0 22 22" role="img" aria-label={words[state]}>
      <title>{words[state]}</title>
      {shapes[state]}
    </svg>
  );
}
