/** The lists of faces that the tokens name, each shortened to the one that this computer writes with. */
export interface Faces {
  readonly '--font': string;
  readonly '--font-mono': string;
}

const probe = 'mmmmmmiiiiiiwwwwww0123456789';
const generic = ['monospace', 'serif'] as const;
/** The ends of the lists: there everywhere, and possibly the very ones that are measured against. */
const lastOnes: ReadonlySet<string> = new Set(['sans-serif', 'monospace']);

let found: Faces | null = null;

/** Looking a face up that is not there takes as long as laying the page out, so it is done once, and not at a start. */
export function facesInUse(): Faces {
  found ??= { '--font': firstAvailable('--font'), '--font-mono': firstAvailable('--font-mono') };
  return found;
}

function firstAvailable(token: keyof Faces): string {
  const families = getComputedStyle(document.documentElement).getPropertyValue(token).split(',');
  const pen = document.createElement('canvas').getContext('2d');
  const widthOf = (faces: string): number => {
    if (pen === null) return 0;
    pen.font = `40px ${faces}`;
    return pen.measureText(probe).width;
  };
  const isHere = (family: string): boolean =>
    lastOnes.has(family) || generic.some((base) => widthOf(`${family}, ${base}`) !== widthOf(base));
  return families.map((family) => family.trim()).find(isHere) ?? 'sans-serif';
}
