import type { ReactNode } from 'react';

interface EmptyStateProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children: ReactNode;
  readonly verb?: ReactNode;
}

/** Says what would be here, and offers one verb. */
export function EmptyState({ icon, title, children, verb }: EmptyStateProps) {
  return (
    <div className="empty">
      {icon}
      <b>{title}</b>
      <span className="quiet">{children}</span>
      {verb}
    </div>
  );
}
