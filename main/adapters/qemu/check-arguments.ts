import type { DraftFault } from '../../contract/calls.ts';
import { type ArgumentRule, allowedArguments, type OptionList, refusedArguments } from './allowed-arguments.ts';

/** What of the further arguments for QEMU is not taken, each with its place in the list. Pure. */
export function argumentFaults(given: readonly string[]): readonly DraftFault[] {
  const faults: DraftFault[] = [];
  const refuse = (index: number, message: string, hint?: string): void => {
    faults.push({ field: `qemuArgs.${index}`, message, ...(hint === undefined ? {} : { hint }) });
  };
  for (let index = 0; index < given.length; index += 1) {
    const name = given[index] ?? '';
    const rule = allowedArguments.get(name);
    if (rule === undefined) {
      refuse(index, `${quoted(name)} is not taken: ${reasonOf(name)}.`, takenOnes);
      // Its value is no argument of its own.
      if (isName(name) && given[index + 1] !== undefined && !isName(given[index + 1] ?? '')) index += 1;
      continue;
    }
    if (rule.takes === 'nothing') continue;
    const value = given[index + 1];
    if (value === undefined) {
      refuse(index, `${name} needs a value.`);
      continue;
    }
    const fault = valueFault(rule, value);
    if (fault !== null) refuse(index + 1, `${name} ${quoted(value)} is not taken: ${fault}.`);
    index += 1;
  }
  return faults;
}

const takenOnes = `Taken are ${[...allowedArguments.keys()].join(' ')}.`;

function reasonOf(name: string): string {
  if (!isName(name))
    return name.startsWith('--') ? 'write it with one dash' : 'it begins with no dash, so it names a disk';
  const bare = name.replace(/^--?/, '-').replace(/[=,].*$/s, '');
  const reason = refusedArguments.get(name) ?? refusedArguments.get(bare);
  if (reason !== undefined) return reason;
  return allowedArguments.has(bare) ? 'its value is an item of its own' : 'it is not on the list of harmless ones';
}

function isName(text: string): boolean {
  return /^-[^-]/.test(text);
}

function valueFault(rule: Exclude<ArgumentRule, { takes: 'nothing' }>, value: string): string | null {
  if (rule.takes === 'word') return rule.pattern.test(value) ? null : 'it is not of the form that is known';
  return optionsFault(rule.options, value);
}

function optionsFault(options: OptionList, value: string): string | null {
  const [head = '', ...rest] = value.split(',');
  const isBare = !head.includes('=');
  const kinds = options.kinds;
  if (kinds !== undefined) {
    const keys = Object.hasOwn(kinds, head) ? kinds[head] : undefined;
    if (keys === undefined) return `${quoted(head)} is not one of ${Object.keys(kinds).join(', ')}`;
    return keysFault(keys, rest);
  }
  if (isBare && options.first !== undefined) {
    return options.first.test(head) ? keysFault(options.keys, rest) : `${quoted(head)} is not known`;
  }
  return keysFault(options.keys, [head, ...rest]);
}

function keysFault(keys: Readonly<Record<string, RegExp>>, parts: readonly string[]): string | null {
  for (const part of parts) {
    const at = part.indexOf('=');
    const key = at < 0 ? part : part.slice(0, at);
    const pattern = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (pattern === undefined) return `${quoted(key)} is not one of ${Object.keys(keys).join(', ')}`;
    if (at < 0 || !pattern.test(part.slice(at + 1))) return `the value of ${key} is not known`;
  }
  return null;
}

function quoted(text: string): string {
  return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`;
}
