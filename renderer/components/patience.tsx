import { type ReactNode, useEffect, useState } from 'react';

const patienceMs = 150;

/** Shows its children only when waiting has lasted long enough to be noticed: what comes at once must not flicker. */
export function AfterPatience({ children }: { readonly children: ReactNode }) {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), patienceMs);
    return () => clearTimeout(timer);
  }, []);
  return isOver ? children : null;
}

/** Rows of the final height while the first reading is under way. */
export function SkeletonRows({ count, what }: { readonly count: number; readonly what: string }) {
  return (
    <div aria-busy="true">
      <AfterPatience>
        <div className="skeleton" role="status" aria-label={`Reading ${what}`}>
          {Array.from({ length: count }, (_, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows without an identity
            <div className="skeleton-row" key={row}>
              <i />
              <i />
              <i />
            </div>
          ))}
        </div>
      </AfterPatience>
    </div>
  );
}
