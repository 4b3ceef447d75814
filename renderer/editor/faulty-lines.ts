import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';

/** Marks these lines, from 1, and no others. */
export const setFaultyLines = StateEffect.define<readonly number[]>();

const mark = Decoration.line({ class: 'cm-faulty' });

/** Lines at fault; they move with the text until the next word about it. */
export const faultyLines = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (present, transaction) => {
    const set = transaction.effects.find((effect) => effect.is(setFaultyLines));
    if (set === undefined) return present.map(transaction.changes);
    const { doc } = transaction.state;
    const lines = [...new Set(set.value as readonly number[])]
      .filter((line) => line >= 1 && line <= doc.lines)
      .sort((a, b) => a - b);
    return Decoration.set(lines.map((line) => mark.range(doc.line(line).from)));
  },
  provide: (field) => EditorView.decorations.from(field),
});
