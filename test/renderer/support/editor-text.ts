import { EditorView } from '@codemirror/view';

/** The code editor of a page, which keeps its content in a tree of its own; null until it was loaded. */
export function editorOf(page: Element): EditorView | null {
  const content = page.querySelector('.code-editor')?.shadowRoot?.querySelector<HTMLElement>('.cm-content');
  return content === null || content === undefined ? null : EditorView.findFromDOM(content);
}

export function editorText(page: Element): string | undefined {
  return editorOf(page)?.state.sliceDoc();
}
