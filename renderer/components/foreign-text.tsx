import { visibleText } from '../format/visible-text.ts';

/** Text that someone else chose. It keeps its direction to itself and cannot reach beyond its own place. */
export function ForeignText({ children, className }: { readonly children: string; readonly className?: string }) {
  return <bdi className={className === undefined ? 'foreign' : `foreign ${className}`}>{visibleText(children)}</bdi>;
}
