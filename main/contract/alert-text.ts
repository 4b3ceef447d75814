/** The rules of `alert_rules.yaml` as text, for an editor. What may be a secret is not in it. */
export interface AlertText {
  /** Where the file lies. */
  readonly path: string;
  /** A line of it may stand for others that are not shown; whoever writes it back leaves those lines as they are. */
  readonly text: string;
  readonly hidden: readonly HiddenLines[];
  /** Of the whole file: what is written back must come from it. */
  readonly version: string;
  /** What is wrong with it; the last good rules are in force then. Empty when it is good. */
  readonly faults: readonly AlertTextFault[];
}

/** Lines of the file that may hold an address or a secret, and the line of the text that stands for them. */
export interface HiddenLines {
  readonly marker: string;
  readonly lines: number;
}

export interface AlertTextFault {
  /** Of the file, from 1; null where no line can be named. */
  readonly line: number | null;
  /** Of the text; null where the line is not shown. */
  readonly shownLine: number | null;
  /** `rules.0.metric: A metric is one of ...`; names places and keys, never a value. */
  readonly message: string;
}

/** The line of the file that a line of the text is, both from 1. */
export function fileLineOf(line: number, lines: readonly string[], hidden: readonly HiddenLines[]): number {
  const counts = new Map(hidden.map(({ marker, lines: count }) => [marker, count]));
  return lines.slice(0, line - 1).reduce((before, text) => before + (counts.get(text) ?? 1), 1);
}
