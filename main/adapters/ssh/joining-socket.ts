import { Socket } from 'node:net';

/**
 * A socket on which everything that is written in one turn leaves together. ssh2 writes each message in three pieces, and
 * without Nagle's algorithm each of them would be a packet that wakes the other side.
 */
export class JoiningSocket extends Socket {
  #isHeld = false;

  override write(
    data: Uint8Array | string,
    encoding?: BufferEncoding | ((error?: Error | null) => void),
    written?: (error?: Error | null) => void,
  ): boolean {
    if (!this.#isHeld) {
      this.#isHeld = true;
      this.cork();
      process.nextTick(() => {
        this.#isHeld = false;
        this.uncork();
      });
    }
    return typeof encoding === 'function' ? super.write(data, encoding) : super.write(data, encoding, written);
  }
}
