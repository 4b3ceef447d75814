/** Keeps the first and the last half of `maxBytes` of a stream, so that neither the command's start nor its error is lost. */
export interface CappedOutput {
  add(chunk: Buffer): void;
  text(): string;
}

/** However much comes, it takes at most `maxBytes` and leaves nothing behind for the collector. */
export function createCappedOutput(maxBytes: number): CappedOutput {
  const half = Math.max(1, Math.floor(maxBytes / 2));
  let head = Buffer.alloc(0);
  let headBytes = 0;
  /** Once full, the oldest of it is written over. */
  let tail = Buffer.alloc(0);
  /** All that came after the head. */
  let afterHead = 0;
  return {
    add: (chunk) => {
      const forHead = chunk.subarray(0, half - headBytes);
      head = grown(head, headBytes + forHead.length, half);
      forHead.copy(head, headBytes);
      headBytes += forHead.length;

      const rest = chunk.subarray(forHead.length);
      afterHead += rest.length;
      const kept = rest.subarray(Math.max(0, rest.length - half));
      tail = grown(tail, Math.min(half, afterHead), half);
      const from = (afterHead - kept.length) % half;
      const wrapped = kept.copy(tail, from);
      kept.copy(tail, 0, wrapped);
    },
    text: () => {
      const start = head.subarray(0, headBytes);
      const left = Math.max(0, afterHead - half);
      if (left === 0) return Buffer.concat([start, tail.subarray(0, afterHead)]).toString('utf8');
      const oldest = afterHead % half;
      const end = Buffer.concat([tail.subarray(oldest), tail.subarray(0, oldest)]);
      return `${start.toString('utf8')}\n[${left} bytes left out]\n${end.toString('utf8')}`;
    },
  };
}

/** Room for `needed` bytes, doubled until it is `most`. */
function grown(buffer: Buffer<ArrayBuffer>, needed: number, most: number): Buffer<ArrayBuffer> {
  if (needed <= buffer.length) return buffer;
  const larger = Buffer.alloc(Math.min(most, Math.max(needed, 2 * buffer.length, 4096)));
  buffer.copy(larger);
  return larger;
}
