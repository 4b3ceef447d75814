import type { HiddenLines } from '../../contract/alert-text.ts';

/** The text of the alert rules without what may be a secret: the channels' section, and every line with an address in it. */
export interface VeiledText {
  readonly shown: string;
  readonly hidden: readonly VeiledBlock[];
}

export interface VeiledBlock extends HiddenLines {
  /** What stands there, without the end of its last line. */
  readonly text: string;
  /** Leaving it out would lose the channels. */
  readonly isNeeded: boolean;
}

/** Wherever it stands, and however it is written: what is hidden for nothing costs less than what is shown. */
const section = /^\s*[{,?]?\s*["']?notification_config["']?/;
/** The one other part that there is. What begins a line otherwise may be half of an address that somebody broke. */
const other = /^\s*[{,]?\s*["']?rules["']?\s*:/;
const address = /:\/\/|:\\\/\\\/|webhook_url/i;

/** Line by line, so that a broken text can be shown as well. */
export function hideAddresses(text: string): VeiledText {
  const lines = text.split('\n');
  const shown: string[] = [];
  const hidden: VeiledBlock[] = [];
  const hide = (from: number, to: number, isNeeded: boolean): void => {
    const block = lines.slice(from, to);
    const marker = isNeeded
      ? `# Line ${from + 1} to ${to}, the channels, are not shown here: leave this line where it is.`
      : `# Line ${from + 1} is not shown here, for it holds an address: leave this line where it is.`;
    hidden.push({ marker, lines: block.length, text: block.join('\n'), isNeeded });
    shown.push(marker);
  };
  for (let place = 0; place < lines.length; place += 1) {
    const line = lines[place] ?? '';
    if (section.test(line)) {
      const next = lines.findIndex((each, index) => index > place && other.test(each));
      // The empty end of the last line is no line.
      const end = next === -1 ? lines.length - (lines.at(-1) === '' ? 1 : 0) : next;
      hide(place, end, true);
      place = end - 1;
    } else if (address.test(line)) hide(place, place + 1, false);
    else shown.push(line);
  }
  return { shown: shown.join('\n'), hidden };
}

/** The whole text again; null when a line that stands for the channels is gone, or stands there twice. */
export function showAddresses(shown: string, hidden: readonly VeiledBlock[]): string | null {
  const blocks = new Map(hidden.map((block) => [block.marker, block]));
  const met = new Set<string>();
  const lines = shown.split('\n').map((line) => {
    const block = blocks.get(line);
    if (block === undefined) return line;
    if (met.has(line)) return null;
    met.add(line);
    return block.text;
  });
  if (lines.includes(null) || hidden.some(({ marker, isNeeded }) => isNeeded && !met.has(marker))) return null;
  return lines.join('\n');
}

/** The line of the shown text that shows a line of the file, both from 1; null where it is hidden. */
export function shownLineOf(line: number, shown: string, hidden: readonly VeiledBlock[]): number | null {
  const counts = new Map(hidden.map(({ marker, lines }) => [marker, lines]));
  let at = 1;
  for (const [index, text] of shown.split('\n').entries()) {
    const count = counts.get(text);
    if (line < at + (count ?? 1)) return count === undefined ? index + 1 : null;
    at += count ?? 1;
  }
  return null;
}
