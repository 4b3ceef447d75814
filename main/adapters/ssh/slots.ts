/** A fixed number of places; who finds none waits in line. */
export interface Slots {
  /** Calls `entered` once with the way out, at once or later. The result leaves the line, or does nothing once inside. */
  enter(entered: (leave: () => void) => void): () => void;
}

export function createSlots(count: number): Slots {
  let free = count;
  const line = new Set<() => void>();
  const admit = (entered: (leave: () => void) => void) => {
    let isInside = true;
    entered(() => {
      if (!isInside) return;
      isInside = false;
      const [next] = line;
      if (next === undefined) {
        free++;
        return;
      }
      line.delete(next);
      next();
    });
  };
  return {
    enter: (entered) => {
      if (free > 0) {
        free--;
        admit(entered);
        return () => {};
      }
      const waiting = () => admit(entered);
      line.add(waiting);
      return () => line.delete(waiting);
    },
  };
}
