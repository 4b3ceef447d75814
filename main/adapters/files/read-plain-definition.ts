import { MachineConfig, MachineId, MachineName } from '../../contract/machine.ts';
import { configKeys, isTextKey, networkKeys, rootKeys } from './definition-keys.ts';
import type { DefinitionText } from './read-definition-text.ts';

/**
 * Reads a definition that is written as Vigil itself writes one: a key and a plain value on each line, two spaces for each
 * level. A fleet is made of such files, and reading them as YAML takes many times as long. Null for everything else, faults
 * among it: that is for the reader of YAML. Never says anything that reader would not.
 */
export function readPlainDefinition(source: string): DefinitionText | null {
  const lines = source.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const root = new PlainLines(lines).root();
  if (root === null) return null;
  const { id, name, network, ...fields } = root;
  const input: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) input[configKeys[key] ?? key] = value;
  if (network !== undefined) Object.assign(input, networkFields(network));
  const isOurs =
    (id === undefined || MachineId.safeParse(id).success) &&
    (name === undefined || MachineName.safeParse(name).success);
  const config = MachineConfig.safeParse(input);
  if (!isOurs || !config.success) return null;
  return {
    id: id === undefined ? null : String(id),
    name: name === undefined ? null : String(name),
    config: config.data,
  };
}

type Found = Record<string, unknown>;

/**
 * Text that YAML takes as it stands: it begins with a letter, a digit, `_` or `/`, and neither a colon nor a space in it
 * begins anything. The words for nothing are left out.
 */
const plainText = /^(?!(?:null|Null|NULL)$)[\w/](?:[\w/.,=+@%-]|:(?=[\w/.,=+@%-])| (?=[\w/.=+@%-]))*$/;
const plainNumber = /^(?:0|[1-9]\d{0,14})$/;
const quotedForward = /^"(\d{1,5}):(\d{1,5})"$/;

/** One reading, line by line. Every step answers null where something is not plain. */
class PlainLines {
  readonly #lines: readonly string[];
  #next = 0;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  root(): Found | null {
    const found = this.#map('', rootKeys, (key) => {
      if (key === 'network') return this.#map('  ', networkKeys, (below) => this.#networkList(below));
      if (key === 'tags' || key === 'qemu_args')
        return this.#list('  - ', (text) => (plainText.test(text) ? text : null));
      return key === 'disks' ? this.#disks() : null;
    });
    return this.#next === this.#lines.length ? found : null;
  }

  /** `key: value` lines of one indent; for a key without a value `below` reads the lines under it. */
  #map(indent: string, keys: readonly string[], below: (key: string) => unknown): Found | null {
    const found: Found = {};
    const begin = this.#next;
    for (let line = this.#taken(indent); line !== null; line = this.#taken(indent)) {
      const [, key = '', text] = /^([a-z_]+):(?: (.+))?$/.exec(line) ?? [];
      if (!keys.includes(key) || Object.hasOwn(found, key)) return null;
      const value = text === undefined ? below(key) : scalar(key, text);
      if (value === null) return null;
      found[key] = value;
    }
    return this.#next === begin ? null : found;
  }

  #networkList(key: string): unknown {
    if (key !== 'forwards') return null;
    return this.#list('    - ', (text) => {
      const [, host, guest] = quotedForward.exec(text) ?? [];
      return host === undefined ? null : { host: Number(host), guest: Number(guest) };
    });
  }

  #list(indent: string, read: (text: string) => unknown): readonly unknown[] | null {
    const items: unknown[] = [];
    for (let text = this.#taken(indent); text !== null; text = this.#taken(indent)) {
      const item = read(text);
      if (item === null) return null;
      items.push(item);
    }
    return items.length === 0 ? null : items;
  }

  #disks(): unknown {
    return this.#list('  - ', (first) => {
      const name = /^name: (.+)$/.exec(first)?.[1];
      const size = /^size: (.+)$/.exec(this.#taken('    ') ?? '')?.[1];
      if (name === undefined || size === undefined || !plainText.test(name) || !plainNumber.test(size)) return null;
      return { name, sizeMib: Number(size) };
    });
  }

  /** What stands on the next line behind exactly this indent; null, and nothing taken, where it has another. */
  #taken(indent: string): string | null {
    const line = this.#lines[this.#next];
    if (line === undefined || !line.startsWith(indent)) return null;
    const text = line.slice(indent.length);
    if (text.startsWith(' ') || text.startsWith('- ')) return null;
    this.#next += 1;
    return text;
  }
}

const listKeys = new Set(['tags', 'qemu_args', 'disks', 'network', 'forwards']);

function scalar(key: string, text: string): string | number | null {
  if (listKeys.has(key)) return null;
  if (isTextKey(key)) return plainText.test(text) ? text : null;
  return plainNumber.test(text) ? Number(text) : null;
}

function networkFields(network: unknown): Found {
  const { mode, ...rest } = network as Found;
  // What holds without the key needs no word of its own.
  return mode === undefined || mode === 'default' ? rest : { network: mode, ...rest };
}
