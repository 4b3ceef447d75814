/** The known key that was probably meant; null when none is near. */
export function nearestKey(written: string, known: readonly string[]): string | null {
  if (written.length > longestKey) return null;
  const wanted = written.toLowerCase().replaceAll('-', '_');
  let nearest: string | null = null;
  let nearestDistance = Number.POSITIVE_INFINITY;
  for (const key of known) {
    const distance = editDistance(wanted, key.toLowerCase());
    if (distance < nearestDistance) [nearest, nearestDistance] = [key, distance];
  }
  // A third of the word may be wrong; two letters always may, for short ones.
  return nearestDistance <= Math.max(2, Math.floor(wanted.length / 3)) ? nearest : null;
}

const longestKey = 64;

/** How many letters must be changed, added, dropped or swapped with their neighbour to turn one word into the other. */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
