/**
 * Splits what the engine says into the fact and its detail, without the name that stands before it anyway:
 * `'build' ended by itself: killed by signal 9.` -> `Ended by itself` + `Killed by signal 9.`;
 * `'build' was started.` -> `Started`; `'build' is healthy again.` -> `Healthy again`.
 */
export function sentence(text: string, name: string | null): { readonly lead: string; readonly rest: string } {
  const prefix = `'${name}' `;
  const own =
    name !== null && text.startsWith(prefix)
      ? capitalised(text.slice(prefix.length).replace(/^(?:was|is) /, ''))
      : text;
  const end = /: |\. |; /.exec(own);
  if (end === null) return { lead: own.replace(/\.$/, ''), rest: '' };
  return { lead: own.slice(0, end.index), rest: capitalised(own.slice(end.index + end[0].length)) };
}

export function capitalised(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
