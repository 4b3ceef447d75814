import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { MachineConfig, MachineId, MachineName, networkModes } from '../../contract/machine.ts';
import { configKeys, diskKeys, isTextKey, keyOfField, networkKeys, rootKeys } from './definition-keys.ts';
import { nearestKey } from './nearest-key.ts';
import { readPlainDefinition } from './read-plain-definition.ts';

/** What is wrong, and where. `line` is 1-based. */
export interface FormatFault {
  readonly line: number | null;
  /** The key as it is in the file: `memory`, `network.forwards`. */
  readonly field: string | null;
  /** Without the file's name; ends with a period or a question mark. */
  readonly message: string;
}

/** What a file says of a machine: `id` and `name` may be missing in a file that is only a draft. */
export interface DefinitionText {
  readonly id: string | null;
  readonly name: string | null;
  readonly config: MachineConfig;
}

export type FormatReading =
  | { readonly kind: 'good'; readonly text: DefinitionText }
  | { readonly kind: 'broken'; readonly id: string | null; readonly fault: FormatFault };

/**
 * Reads the text of a `machines/NAME.yaml`. Missing keys take their defaults. Unknown keys, duplicates, anchors and aliases
 * are refused, each with its line. Never throws.
 */
export function readDefinitionText(source: string): FormatReading {
  const plain = readPlainDefinition(source);
  return plain === null ? readDefinitionYaml(source) : { kind: 'good', text: plain };
}

/** The same for any YAML there is. */
export function readDefinitionYaml(source: string): FormatReading {
  const lines = new LineCounter();
  const reader = new DefinitionReader(lines);
  try {
    return { kind: 'good', text: reader.read(source) };
  } catch (error) {
    if (error instanceof Fault) return { kind: 'broken', id: reader.id, fault: error.fault };
    // The YAML reader itself gave up, for instance on ten thousand nested lists.
    return { kind: 'broken', id: reader.id, fault: { line: null, field: null, message: 'cannot be read as YAML.' } };
  }
}

class Fault extends Error {
  readonly fault: FormatFault;
  constructor(fault: FormatFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** One reading: what was found so far, and where each key stands. */
class DefinitionReader {
  id: string | null = null;
  readonly #lines: LineCounter;
  readonly #lineOf = new Map<string, number | null>();

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  read(source: string): DefinitionText {
    const document = parseDocument(source, { lineCounter: this.#lines, uniqueKeys: false, version: '1.2' });
    const [error] = document.errors;
    if (error !== undefined) {
      const message = `${error.message.split(/ at line |\n/)[0] ?? 'cannot be read as YAML'}.`.replace(/[.:]+$/, '.');
      throw new Fault({ line: error.linePos?.[0].line ?? null, field: null, message });
    }
    const { contents } = document;
    if (contents === null) throw new Fault({ line: null, field: null, message: 'is empty.' });
    if (!isMap(contents)) throw this.#fault(contents, null, 'must be made of lines like "cpus: 2".');
    this.#rememberId(contents);
    const root = this.#keysOf(contents, rootKeys, '');
    this.#takeId(root);
    const name = this.#takeName(root);
    const config = this.#config(root);
    return { id: this.id, name, config };
  }

  /** Before anything can be refused: whose broken file it is, the engine wants to know too. */
  #rememberId(map: YAMLMap): void {
    const parsed = MachineId.safeParse(map.get('id'));
    if (parsed.success) this.id = parsed.data;
  }

  #takeId(root: ReadonlyMap<string, Node>): void {
    const value = this.#value(root.get('id'), 'id');
    if (value === undefined) return;
    const parsed = MachineId.safeParse(value);
    if (!parsed.success) throw this.#faultAt('id', `id: ${firstMessage(parsed.error)}`);
    this.id = parsed.data;
  }

  #takeName(root: ReadonlyMap<string, Node>): string | null {
    const value = this.#value(root.get('name'), 'name');
    if (value === undefined) return null;
    const parsed = MachineName.safeParse(value);
    if (!parsed.success) throw this.#faultAt('name', `name: ${firstMessage(parsed.error)}`);
    return parsed.data;
  }

  #config(root: ReadonlyMap<string, Node>): MachineConfig {
    const input: Record<string, unknown> = {};
    for (const [key, field] of Object.entries(configKeys)) {
      const value = this.#value(root.get(key), key);
      if (value !== undefined) input[field] = value;
    }
    const network = root.get('network');
    if (network !== undefined) Object.assign(input, this.#network(network));
    const disks = root.get('disks');
    if (disks !== undefined && !isEmpty(disks)) input.disks = this.#disks(disks);
    const parsed = MachineConfig.safeParse(input);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const key = keyOfField(issue?.path ?? []);
    throw this.#faultAt(key, `${key}: ${issue?.message ?? 'is not valid'}`);
  }

  #network(node: Node): Record<string, unknown> {
    if (!isMap(node)) throw this.#faultAt('network', 'network: Give mode, bridge, mac and forwards below it.');
    const found = this.#keysOf(node, networkKeys, 'network.');
    const mode = this.#value(found.get('mode'), 'network.mode');
    if (mode !== undefined && !networkModes.some((known) => known === mode)) {
      const message = `network.mode: "${String(mode)}" is not known; the modes are ${networkModes.join(', ')}.`;
      throw this.#faultAt('network.mode', message);
    }
    const bridge = this.#value(found.get('bridge'), 'network.bridge');
    const mac = this.#value(found.get('mac'), 'network.mac');
    const forwards = this.#value(found.get('forwards'), 'network.forwards');
    return {
      // What holds without the key needs no word of its own.
      ...(mode === undefined || mode === 'default' ? {} : { network: mode }),
      ...(bridge === undefined ? {} : { bridge }),
      ...(mac === undefined ? {} : { mac }),
      ...(forwards === undefined ? {} : { forwards: this.#forwards(forwards) }),
    };
  }

  #disks(node: Node): unknown {
    this.#refuseAnchor(node);
    if (!isSeq(node)) throw this.#faultAt('disks', 'disks: Give a list like [{ name: data, size: 1024 }].');
    return node.items.map((item, index) => {
      if (!isMap(item)) {
        throw this.#fault(isNode(item) ? item : node, 'disks', 'disks: Give each disk a name and a size.');
      }
      const place = `disks.${index}`;
      this.#lineOf.set(place, this.#line(item));
      const found = this.#keysOf(item, diskKeys, `${place}.`);
      for (const key of diskKeys) if (!found.has(key)) this.#lineOf.set(`${place}.${key}`, this.#line(item));
      return {
        name: this.#value(found.get('name'), `${place}.name`),
        sizeMib: this.#value(found.get('size'), `${place}.size`),
      };
    });
  }

  #forwards(value: unknown): unknown {
    if (!Array.isArray(value))
      throw this.#faultAt('network.forwards', 'network.forwards: Give a list like ["2222:22"].');
    return value.map((item) => {
      const parts = /^(\d{1,5}):(\d{1,5})$/.exec(String(item));
      if (parts === null) {
        throw this.#faultAt('network.forwards', `network.forwards: "${String(item)}" is not like "2222:22".`);
      }
      return { host: Number(parts[1]), guest: Number(parts[2]) };
    });
  }

  /** The values below a map's known keys, where each key stands noted. */
  #keysOf(map: YAMLMap, known: readonly string[], prefix: string): Map<string, Node> {
    const found = new Map<string, Node>();
    this.#refuseAnchor(map);
    for (const pair of map.items) {
      if (!isScalar(pair.key) || typeof pair.key.value !== 'string')
        throw this.#fault(isNode(pair.key) ? pair.key : map, null, 'a key must be a plain word.');
      const key = pair.key.value;
      const field = `${prefix}${key}`;
      this.#refuseAnchor(pair.key);
      if (!known.includes(key)) {
        const near = nearestKey(key, known);
        const advice = near === null ? ` The keys are ${known.join(', ')}.` : `; did you mean "${near}"?`;
        throw this.#fault(pair.key, field, `unknown key "${field}"${near === null ? '.' : ''}${advice}`);
      }
      if (found.has(key)) throw this.#fault(pair.key, field, `"${field}" is there twice.`);
      this.#lineOf.set(field, this.#line(pair.key));
      if (isNode(pair.value)) found.set(key, pair.value);
    }
    return found;
  }

  /** Plain text, number, true or false, or a list of these; undefined for a key without a value. */
  #value(node: Node | undefined, field: string): unknown {
    if (node === undefined) return undefined;
    this.#refuseAnchor(node);
    const key = field.slice(field.lastIndexOf('.') + 1);
    if (isScalar(node)) return this.#scalar(node, key);
    if (!isSeq(node)) throw this.#faultAt(field, `${field}: Nothing can be set below it.`);
    return node.items.map((item) => {
      if (!isScalar(item)) throw this.#fault(isNode(item) ? item : node, field, `${field}: Give plain items.`);
      this.#refuseAnchor(item);
      return this.#scalar(item, key) ?? null;
    });
  }

  #scalar(node: Scalar, key: string): unknown {
    if (node.value === null) return undefined;
    if (typeof node.value !== 'string' && isTextKey(key)) return node.source ?? String(node.value);
    return node.value;
  }

  /** An alias may stand for any amount of text; a configuration this small needs none. */
  #refuseAnchor(node: Node): void {
    if (isAlias(node) || ('anchor' in node && node.anchor !== undefined))
      throw this.#fault(node, null, 'anchors and aliases (& and *) are not taken here.');
    if (node.tag !== undefined) throw this.#fault(node, null, 'tags (!) are not taken here.');
  }

  #fault(node: Node, field: string | null, message: string): Fault {
    return new Fault({ line: this.#line(node), field, message });
  }

  #faultAt(field: string, message: string): Fault {
    return new Fault({ line: this.#lineOf.get(field) ?? null, field, message });
  }

  #line(node: Node): number | null {
    const start = node.range?.[0];
    return start === undefined ? null : this.#lines.linePos(start).line;
  }
}

function isEmpty(node: Node): boolean {
  return isScalar(node) && node.value === null;
}

function firstMessage(error: { readonly issues: readonly { readonly message: string }[] }): string {
  return error.issues[0]?.message ?? 'It is not valid.';
}
