import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from '@codemirror/commands';
import { bracketMatching, indentUnit, StreamLanguage } from '@codemirror/language';
import { shell } from '@codemirror/legacy-modes/mode/shell';
import { yaml } from '@codemirror/legacy-modes/mode/yaml';
import { EditorState } from '@codemirror/state';
import {
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { editorLook } from './editor-look.ts';
import { faultyLines, setFaultyLines } from './faulty-lines.ts';

export interface CodeEditorProps {
  /** What a screen reader calls it. */
  readonly label: string;
  readonly text: string;
  /** What it is written in: shell when absent. */
  readonly language?: 'shell' | 'yaml';
  /** Lines that are at fault, from 1. */
  readonly faulty?: readonly number[];
  /** What a line is called, both from 1, where it is another than its own number. */
  readonly lineName?: (line: number) => number;
  /** Hears of the line on which the caret stands, from 1. */
  readonly onCaret?: (line: number) => void;
  /** The text is only looked at where nobody hears of changes. */
  readonly onChange?: (text: string) => void;
  /** Ctrl or Cmd with S. */
  readonly onSave?: () => void;
  /** Ctrl or Cmd with Enter. */
  readonly onRun?: () => void;
}

/**
 * A script or another text of code, to read and to write. What nobody can see - control characters, marks that turn the direction of a
 * line - is shown as a mark, because the text is approved by looking at it. Tab indents; after Escape it leaves.
 */
export function CodeEditor({ label, text, language = 'shell', faulty = noFaults, ...now }: CodeEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(now);
  latest.current = now;
  const first = useRef(text);
  const isReadOnly = now.onChange === undefined;

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    // The page's policy refuses style elements; in a tree of its own the editor brings its styles as a style sheet object.
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
    const editor = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: first.current,
        extensions: [extensionsFor(label, isReadOnly, language, latest), reporting(latest)],
      }),
    });
    view.current = editor;
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, [label, isReadOnly, language]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    const present = editor.state.sliceDoc();
    if (present === text) return;
    editor.dispatch({ changes: changeOf(present, text) });
  }, [text]);

  useEffect(() => {
    view.current?.dispatch({ effects: setFaultyLines.of(faulty) });
  }, [faulty]);

  return <div ref={place} className="code-editor" />;
}

const noFaults: readonly number[] = [];
type Latest = { readonly current: Omit<CodeEditorProps, 'label' | 'text' | 'language' | 'faulty'> };

/** Only what differs, so that the caret stays where it is. */
function changeOf(
  before: string,
  after: string,
): { readonly from: number; readonly to: number; readonly insert: string } {
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && before[from] === after[from]) from += 1;
  let end = 0;
  while (end < most - from && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return { from, to: before.length - end, insert: after.slice(from, after.length - end) };
}

function extensionsFor(label: string, isReadOnly: boolean, language: 'shell' | 'yaml', latest: Latest) {
  return [
    EditorState.readOnly.of(isReadOnly),
    // Any other character stays what it is, a carriage return too: what is saved is what was read.
    EditorState.lineSeparator.of('\n'),
    EditorState.tabSize.of(2),
    indentUnit.of('  '),
    lineNumbers({ formatNumber: (line) => String(latest.current.lineName?.(line) ?? line) }),
    faultyLines,
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSpecialChars(),
    history(),
    bracketMatching(),
    StreamLanguage.define(language === 'yaml' ? yaml : shell),
    editorLook,
    EditorView.contentAttributes.of({
      'aria-label': label,
      'aria-description': isReadOnly ? 'Read only.' : 'Tab indents. Escape, then Tab, leaves the text.',
      'aria-readonly': String(isReadOnly),
      // It can have the focus anyway; those who look for that find it said.
      tabindex: '0',
      autocapitalize: 'off',
      spellcheck: 'false',
    }),
  ];
}

function reporting(latest: Latest) {
  return [
    keymap.of([
      { key: 'Mod-s', run: () => done(latest.current.onSave) },
      { key: 'Mod-Enter', run: () => done(latest.current.onRun) },
      ...defaultKeymap,
      ...historyKeymap,
      // In a text that is only looked at, Tab goes on.
      { key: 'Tab', run: (editor) => !editor.state.readOnly && indentMore(editor), shift: indentLess },
    ]),
    // Left to the page, typing over several lines writes style attributes, which its policy refuses.
    EditorView.domEventHandlers({
      beforeinput: (input, editor) => {
        if (input.inputType !== 'insertText' || input.data === null || editor.composing) return false;
        if (editor.state.selection.main.empty || editor.state.readOnly) return false;
        editor.dispatch(editor.state.replaceSelection(input.data), { userEvent: 'input.type', scrollIntoView: true });
        return true;
      },
    }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) latest.current.onChange?.(update.state.sliceDoc());
      if (!update.docChanged && !update.selectionSet && !update.focusChanged) return;
      latest.current.onCaret?.(update.state.doc.lineAt(update.state.selection.main.head).number);
    }),
  ];
}

function done(act: (() => void) | undefined): boolean {
  act?.();
  return act !== undefined;
}
