/** Keeps the first and the last half of `maxBytes` of a stream, so that neither the command's start nor its error is lost. */
export interface CappedOutput {
  add(chunk: Buffer): void;
  text(): string;
}

export function createCappedOutput(maxBytes: number): CappedOutput {
  const half = Math.max(1, Math.floor(maxBytes / 2));
  let head = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  let left = 0;
  return {
    add: (chunk) => {
      const forHead = chunk.subarray(0, Math.max(0, half - head.length));
      if (forHead.length > 0) head = Buffer.concat([head, forHead]);
      const rest = chunk.subarray(forHead.length);
      if (rest.length === 0) return;
      const joined = Buffer.concat([tail, rest]);
      const surplus = Math.max(0, joined.length - half);
      left += surplus;
      tail = Buffer.from(joined.subarray(surplus));
    },
    text: () => {
      const middle = left === 0 ? '' : `\n[${left} bytes left out]\n`;
      return left === 0
        ? Buffer.concat([head, tail]).toString('utf8')
        : `${head.toString('utf8')}${middle}${tail.toString('utf8')}`;
    },
  };
}
