import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** The editor in the tokens of the page, so that it is light or dark whenever the page is. */
const frame = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--sunken)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { font: 'var(--t-sm) / 18px var(--font-mono)', tabSize: '2' },
  '.cm-content': { padding: 'var(--s-3) 0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 var(--s-5) 0 var(--s-3)' },
  '.cm-line ::selection, .cm-line::selection': { backgroundColor: 'var(--accent)', color: 'var(--on-accent)' },
  '.cm-gutters': { border: '0', backgroundColor: 'var(--sunken)', color: 'var(--text-3)' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '3em', padding: '0 var(--s-1) 0 var(--s-3)' },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine, &.cm-focused .cm-activeLineGutter': { backgroundColor: 'var(--hover)' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--selected)', color: 'inherit' },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--crit-soft)', color: 'var(--crit)' },
  '.cm-faulty, &.cm-focused .cm-activeLine.cm-faulty': {
    backgroundColor: 'var(--crit-soft)',
    boxShadow: 'inset 3px 0 0 var(--crit-mark)',
  },
  // What is there but cannot be seen may mean more than what can.
  '.cm-specialChar': { backgroundColor: 'var(--crit-soft)', color: 'var(--crit)' },
});

const inks = HighlightStyle.define([
  { tag: [tags.keyword, tags.standard(tags.variableName)], color: 'var(--code-key)' },
  { tag: [tags.string, tags.special(tags.string), tags.quote], color: 'var(--code-str)' },
  { tag: [tags.comment, tags.meta], color: 'var(--code-com)', fontStyle: 'italic' },
  { tag: [tags.definition(tags.variableName), tags.attributeName, tags.atom, tags.number], color: 'var(--code-var)' },
]);

export const editorLook: Extension = [frame, syntaxHighlighting(inks)];
