/** The serial console of a machine: its log, which is also what every watcher is fed from. Offsets are bytes of the log. */

/**
 * What came after an offset, byte by byte. A reader asks with the `to` of its last answer; nobody waits for a slow one,
 * and one that was so slow that the log forgot what it had not read yet is told how much that was.
 */
export interface ConsoleOutput {
  /** Base64: a machine may print anything, and a character may be cut in two. */
  readonly data: string;
  readonly from: number;
  readonly to: number;
  /** Bytes between where the reader stood and `from`, which the log no longer holds. */
  readonly dropped: number;
  /** Whether the machine has a process that can print more and be typed to. */
  readonly running: boolean;
}

/** One line of the log that holds what was looked for. */
export interface ConsoleMatch {
  /** 1-based, counted from the oldest line that is kept. */
  readonly line: number;
  /** Where the line begins. */
  readonly from: number;
  /** Without escape sequences, cut where it is long; untrusted text. */
  readonly text: string;
}

export interface ConsoleMatches {
  /** Newest first. */
  readonly matches: readonly ConsoleMatch[];
  /** There may be older ones: ask again with the `from` of the last match as `before`. */
  readonly more: boolean;
}

/** A picture of a machine's screen. */
export interface Screenshot {
  readonly machine: string;
  /** ISO 8601 UTC. Null where the platform that took it does not say. */
  readonly at: string | null;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  /** Absolute path of the PNG file on the engine's computer; null for one of a cloud, which is kept nowhere here. */
  readonly path: string | null;
  /** The file itself in base64; null when it is too large to be sent along, and stands at its path. */
  readonly png: string | null;
}
