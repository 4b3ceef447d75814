/** A quiet dash: what is not known is never zero. */
export function Nothing({ title }: { readonly title?: string | undefined }) {
  return (
    <span className="faint" title={title}>
      –
    </span>
  );
}
