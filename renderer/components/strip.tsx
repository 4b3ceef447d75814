import type { ReactNode } from 'react';

interface StripProps {
  readonly tone: 'plain' | 'warn' | 'crit';
  readonly icon: ReactNode;
  readonly children: ReactNode;
  readonly verbs?: ReactNode;
}

/** One line across the page with one cause. */
export function Strip({ tone, icon, children, verbs }: StripProps) {
  return (
    <div className={`strip strip-${tone}`} role={tone === 'crit' ? 'alert' : 'status'}>
      {icon}
      <span className="strip-text">{children}</span>
      {verbs === undefined ? null : <span className="strip-verbs">{verbs}</span>}
    </div>
  );
}
