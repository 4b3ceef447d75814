/**
 * Reads a desktop entry as a desktop does, written after the specification alone: the value is unescaped as a string, split
 * into quoted arguments, and only then looked through for field codes.
 */
export function execArguments(entry: string): readonly string[] {
  const value = /^Exec=(.*)$/m.exec(entry)?.[1];
  if (value === undefined) throw new Error('The entry has no Exec.');
  return argumentsOf(unescaped(value)).map((argument) => argument.replaceAll('%%', '%'));
}

export function unescaped(value: string): string {
  const codes: Readonly<Record<string, string>> = { s: ' ', n: '\n', t: '\t', r: '\r', '\\': '\\' };
  return value.replace(/\\(.)/g, (whole, code: string) => codes[code] ?? whole);
}

const reserved = /[\s"'\\><~|&;$*?#()`]/;

function argumentsOf(line: string): readonly string[] {
  const found: string[] = [];
  let rest = line;
  while (rest !== '') {
    const quoted = /^"((?:[^"\\`$]|\\["`$\\])*)"(?: |$)/.exec(rest);
    const plain = /^([^ ]+)(?: |$)/.exec(rest);
    if (quoted !== null) found.push((quoted[1] ?? '').replace(/\\(["`$\\])/g, '$1'));
    else if (plain !== null && !reserved.test(plain[1] ?? '')) found.push(plain[1] ?? '');
    else throw new Error(`Not quoted as the specification demands: ${rest}`);
    rest = rest.slice((quoted ?? plain)?.[0].length);
  }
  return found;
}
