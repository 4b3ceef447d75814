// biome-ignore-all lint/suspicious/noControlCharactersInRegex: control characters are what this file is about
/**
 * What a serial console printed, as plain lines: escape sequences are dropped, a carriage return overwrites its line, a
 * backspace takes one back. Never interpreted beyond that; the result is shown as text only.
 */
export function consoleText(raw: string): string {
  const printable = raw
    // Operating-system commands, device control strings and the like, ended by BEL or ST; an unended one at most a line.
    .replace(/\u001b[\]PX^_][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?/g, '')
    // Control sequences: colours, cursor, erasing.
    .replace(/(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?/g, '')
    // Two- and three-character escapes.
    .replace(/\u001b[ -/]*[0-~]?/g, '')
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/\r+\n/g, '\n');
  return printable.split('\n').map(overprinted).join('\n');
}

function overprinted(line: string): string {
  // What stands after the last carriage return is what was left on the line; a progress bar keeps its last state.
  const parts = line.split('\r').filter((part) => part !== '');
  const last = parts.at(-1) ?? '';
  let text = '';
  for (const character of last) {
    if (character === '\b') text = text.slice(0, -1);
    else if (character === '\t' || !/\p{Cc}/u.test(character)) text += character;
  }
  return text;
}
