import {
  Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  Scalar,
  stringify,
  type YAMLMap,
} from 'yaml';
import { MachineConfig, MachineId, MachineName } from '../../contract/machine.ts';
import type { MachineDefinition } from '../../engine/ports/machine-definitions.ts';
import { nearestKey } from './nearest-key.ts';

/**
 * The text of `machines/NAME.yaml`, both ways. Keys are what a person would write, sizes are MiB:
 *
 *     id: 2c1f...            network:
 *     name: demo               mode: default
 *     cpus: 2                  mac: 52:54:00:12:34:56
 *     memory: 2048             forwards: ["2222:22"]      (port of this computer : port of the guest)
 *     disk_size: 20480       tags: [web]
 *     kernel, initrd, append, iso: text
 *
 * Missing keys take their defaults. Unknown keys, duplicates, anchors and aliases are refused, each with its line.
 */

/** Key in the file -> field of the configuration. */
const configKeys: Readonly<Record<string, keyof MachineConfig>> = {
  cpus: 'cpus',
  memory: 'memoryMib',
  disk_size: 'diskMib',
  kernel: 'kernel',
  initrd: 'initrd',
  append: 'append',
  iso: 'iso',
  tags: 'tags',
};
const rootKeys = ['id', 'name', 'cpus', 'memory', 'disk_size', 'kernel', 'initrd', 'append', 'iso', 'network', 'tags'];
const networkKeys = ['mode', 'mac', 'forwards'];
/** Their values are text even when they look like something else: a machine may be called 2024. */
const textKeys = new Set(['id', 'name', 'kernel', 'initrd', 'append', 'iso', 'mode', 'mac', 'tags', 'forwards']);

const head = ' A machine of Vigil. Sizes are MiB. An edit takes effect at the next start.';

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

export function readDefinitionText(source: string): FormatReading {
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

/** The file's text. With the present text given, a person's comments, order and style stay wherever the values do. */
export function writeDefinitionText(definition: MachineDefinition, present: string | null): string {
  if (present !== null) {
    const kept = rewritten(definition, present);
    if (kept !== null) return kept;
  }
  const document = new Document(plainOf(definition));
  document.commentBefore = head;
  markPorts(document);
  return document.toString({ lineWidth: 0 });
}

/** Null when the present text is nothing to build on. */
function rewritten(definition: MachineDefinition, present: string): string | null {
  try {
    const document = parseDocument(present, { uniqueKeys: true });
    if (document.errors.length > 0 || !isMap(document.contents)) return null;
    update(document, [], plainOf(definition), rootKeys);
    markPorts(document);
    const text = document.toString({ lineWidth: 0 });
    const reading = readDefinitionText(text);
    return reading.kind === 'good' && sameDefinition(reading.text, definition) ? text : null;
  } catch {
    return null;
  }
}

function update(document: Document, above: readonly string[], wanted: Plain, keys: readonly string[]): void {
  for (const key of keys) {
    const place = [...above, key];
    const value = wanted[key];
    const node = document.getIn(place, true);
    if (value === undefined) document.deleteIn(place);
    else if (isPlain(value) && isMap(node)) update(document, place, value, networkKeys);
    else if (isNode(node) && stringify(node.toJS(document)) === stringify(value)) continue;
    else if (isScalar(node) && !Array.isArray(value) && !isPlain(value)) node.value = value;
    else document.setIn(place, document.createNode(value));
  }
}

type Plain = { readonly [key: string]: string | number | readonly string[] | Plain | undefined };

function isPlain(value: Plain[string]): value is Plain {
  return typeof value === 'object' && !Array.isArray(value);
}

function plainOf({ id, name, config }: MachineDefinition): Plain {
  const { cpus, memoryMib, diskMib, kernel, initrd, append, iso, mac, forwards, tags } = config;
  const network = {
    mode: 'default',
    ...(mac === undefined ? {} : { mac }),
    ...(forwards.length === 0 ? {} : { forwards: forwards.map(({ host, guest }) => `${host}:${guest}`) }),
  };
  return {
    id,
    name,
    cpus,
    memory: memoryMib,
    disk_size: diskMib,
    ...(kernel === undefined ? {} : { kernel }),
    ...(initrd === undefined ? {} : { initrd }),
    ...(append === undefined ? {} : { append }),
    ...(iso === undefined ? {} : { iso }),
    network,
    ...(tags.length === 0 ? {} : { tags: [...tags] }),
  };
}

/** Quoted, because older YAML readers take 2222:22 for a number to the base of sixty. */
function markPorts(document: Document): void {
  const forwards = document.getIn(['network', 'forwards'], true);
  if (!isSeq(forwards)) return;
  for (const item of forwards.items) if (isScalar(item)) item.type = Scalar.QUOTE_DOUBLE;
}

function sameDefinition(text: DefinitionText, definition: MachineDefinition): boolean {
  return (
    text.id === definition.id &&
    text.name === definition.name &&
    stringify(plainOf({ ...definition, config: text.config })) === stringify(plainOf(definition))
  );
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
    const parsed = MachineConfig.safeParse(input);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const key = keyOfField(String(issue?.path[0] ?? ''));
    throw this.#faultAt(key, `${key}: ${issue?.message ?? 'is not valid'}`);
  }

  #network(node: Node): Record<string, unknown> {
    if (!isMap(node)) throw this.#faultAt('network', 'network: Give mode, mac and forwards below it.');
    const found = this.#keysOf(node, networkKeys, 'network.');
    const mode = this.#value(found.get('mode'), 'network.mode');
    if (mode !== undefined && mode !== 'default') {
      throw this.#faultAt('network.mode', `network.mode: "${String(mode)}" is not known; the one mode is default.`);
    }
    const mac = this.#value(found.get('mac'), 'network.mac');
    const forwards = this.#value(found.get('forwards'), 'network.forwards');
    return {
      ...(mac === undefined ? {} : { mac }),
      ...(forwards === undefined ? {} : { forwards: this.#forwards(forwards) }),
    };
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
    const key = field.slice(field.indexOf('.') + 1);
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
    if (typeof node.value !== 'string' && textKeys.has(key)) return node.source ?? String(node.value);
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

function keyOfField(field: string): string {
  if (field === 'mac' || field === 'forwards') return `network.${field}`;
  return Object.entries(configKeys).find(([, name]) => name === field)?.[0] ?? field;
}

function firstMessage(error: { readonly issues: readonly { readonly message: string }[] }): string {
  return error.issues[0]?.message ?? 'It is not valid.';
}
