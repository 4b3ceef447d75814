/** Something that was written, said or sent, whole. */
export interface Place {
  readonly name: string;
  readonly text: string;
}

/** What nobody may find, and every piece of it that would give it away. */
export interface Secret {
  readonly slot: string;
  readonly pieces: readonly string[];
}

/** A long secret gives itself away by any so long part of it. */
const telling = 16;

/** One that is searched for as it is and as base64 and hexadecimal, wherever in a longer text it stands. */
export function canary(slot: string, text: string): Secret {
  return { slot, pieces: formsOf(Buffer.from(text)) };
}

/** Bytes, searched for in every form that text takes; also raw, in files read as latin1. */
export function secretBytes(slot: string, bytes: Buffer): Secret {
  return { slot, pieces: [bytes.toString('latin1'), ...formsOf(bytes).slice(1)] };
}

/** A token: every part of it that is long enough, because messages are cut. */
export function token(slot: string, text: string): Secret {
  const pieces = Array.from({ length: Math.floor(text.length / telling) }, (_, index) =>
    text.slice(index * telling, (index + 1) * telling),
  );
  return { slot, pieces: [...pieces, ...formsOf(Buffer.from(text.slice(-telling)))] };
}

/** `slot in place` for every place that holds a piece, numbers left out; `mayHold` names where it belongs. */
export function hitsOf(
  secrets: readonly Secret[],
  places: readonly Place[],
  mayHold: (slot: string, place: string) => boolean,
): readonly string[] {
  const slots = new Map<string, Set<string>>();
  for (const { slot, pieces } of secrets)
    for (const piece of pieces) slots.set(piece, (slots.get(piece) ?? new Set()).add(slot));
  const found = new Set<string>();
  // The same bytes lie in many places: an answer, and the socket that it came through.
  for (const [piece, holders] of slots)
    for (const place of places)
      if (place.text.includes(piece))
        for (const slot of holders)
          if (!mayHold(slot, place.name)) found.add(`${slot} in ${place.name.replace(/\d+/g, 'N')}`);
  return [...found];
}

/** A shift of up to two bytes decides which letters base64 makes of it; those at the edges depend on the neighbours. */
function formsOf(bytes: Buffer): readonly string[] {
  const shifted = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift, ' '), bytes])
      .toString('base64')
      .slice(shift === 0 ? 0 : shift + 1, -4),
  );
  return [bytes.toString('utf8'), ...shifted, bytes.toString('hex')];
}
