import type { ReactNode } from 'react';

/** Facts under a heading. */
export function Facts({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="facts" aria-label={title}>
      <h3 className="section-title">{title}</h3>
      <dl>{children}</dl>
    </section>
  );
}

/** One of them, by its name. */
export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
