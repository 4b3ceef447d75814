import { Document, isMap, isNode, isScalar, isSeq, parseDocument, Scalar, stringify } from 'yaml';
import type { MachineDefinition } from '../../engine/ports/machine-definitions.ts';
import { isPlain, networkKeys, type Plain, plainOf, rootKeys } from './definition-keys.ts';
import { type DefinitionText, readDefinitionText } from './read-definition-text.ts';

const head = ' A machine of Vigil. Sizes are MiB. An edit takes effect at the next start.';

/** The file's text. With the present text given, a person's comments, order and style stay wherever the values do. */
export function writeDefinitionText(definition: MachineDefinition, present: string | null): string {
  if (present !== null) {
    const kept = rewritten(definition, present);
    if (kept !== null) return kept;
  }
  const document = new Document(withoutGaps(plainOf(definition)));
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
    else if (isScalar(node) && typeof value !== 'object') node.value = value;
    else document.setIn(place, document.createNode(isPlain(value) ? withoutGaps(value) : value));
  }
}

function withoutGaps(plain: Plain): Plain {
  return Object.fromEntries(
    Object.entries(plain)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, isPlain(value) ? withoutGaps(value) : value]),
  );
}

/** Quoted, because older YAML readers take 2222:22 for a number to the base of sixty. */
function markPorts(document: Document): void {
  const forwards = document.getIn(['network', 'forwards'], true);
  if (!isSeq(forwards)) return;
  for (const item of forwards.items) if (isScalar(item)) item.type = Scalar.QUOTE_DOUBLE;
}

function sameDefinition(text: DefinitionText, definition: MachineDefinition): boolean {
  const said = plainOf({ id: definition.id, name: definition.name, config: text.config });
  return (
    text.id === definition.id && text.name === definition.name && stringify(said) === stringify(plainOf(definition))
  );
}
