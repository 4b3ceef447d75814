/** What a payload is made of: one line per place and kind of value, such as `value[].name: string`, in order of the alphabet. */
export function shapeOf(payload: unknown, opaque: readonly string[] = []): readonly string[] {
  const lines = new Set<string>();
  walk(payload, '', opaque, lines);
  return [...lines].toSorted();
}

/** `opaque` places hold names of somebody's own making (tags, claims): only that they are there counts. */
function walk(value: unknown, place: string, opaque: readonly string[], lines: Set<string>): void {
  if (opaque.includes(place)) lines.add(`${place}: opaque`);
  else if (Array.isArray(value)) for (const item of value) walk(item, `${place}[]`, opaque, lines);
  else if (value !== null && typeof value === 'object')
    for (const [name, inner] of Object.entries(value))
      walk(inner, place === '' ? name : `${place}.${name}`, opaque, lines);
  else lines.add(`${place}: ${value === null ? 'null' : typeof value}`);
}

export interface Difference {
  /** In the example and not in ours. */
  readonly missing: readonly string[];
  /** In ours and not in the example. */
  readonly invented: readonly string[];
}

/** Leaves out what lies at or below one of the places that `known` names. */
export function compareShapes(
  ours: readonly string[],
  example: readonly string[],
  known: { readonly notModelled?: readonly string[]; readonly newer?: readonly string[] },
): Difference {
  const isBelow = (line: string, places: readonly string[] = []): boolean =>
    places.some(
      (place) => line.startsWith(`${place}:`) || line.startsWith(`${place}.`) || line.startsWith(`${place}[`),
    );
  return {
    missing: example.filter((line) => !ours.includes(line) && !isBelow(line, known.notModelled)),
    invented: ours.filter((line) => !example.includes(line) && !isBelow(line, known.newer)),
  };
}
