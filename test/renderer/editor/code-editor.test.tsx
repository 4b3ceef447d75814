import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CodeEditor } from '../../../renderer/editor/code-editor.tsx';
import { isTaken } from '../../../renderer/shell/shortcuts.ts';
import { editorOf, editorText } from '../support/editor-text.ts';
import { fakeBridge } from '../support/fake-bridge.ts';
import { type Mounted, mount } from '../support/mount.tsx';

let mounted: Mounted;
const onChange = vi.fn();
const onSave = vi.fn();
const onRun = vi.fn();
const editor = (text: string) => (
  <CodeEditor label="Text of the script" text={text} onChange={onChange} onSave={onSave} onRun={onRun} />
);
const content = () => editorOf(mounted.page)?.contentDOM;
const press = (key: string, more: KeyboardEventInit = {}) =>
  content()?.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true, ...more }),
  );

beforeEach(async () => {
  vi.clearAllMocks();
  mounted = await mount(editor('#!/bin/sh\necho told\n'), fakeBridge());
});
afterEach(() => mounted.unmount());

it('shows the text it is given, and later another one', async () => {
  expect(editorText(mounted.page)).toBe('#!/bin/sh\necho told\n');
  await mounted.render(editor('#!/bin/sh\nexit 0\n'));
  expect(editorText(mounted.page)).toBe('#!/bin/sh\nexit 0\n');
});

it('tells what was typed', () => {
  editorOf(mounted.page)?.dispatch({ changes: { from: 0, to: 2, insert: '#?' } });
  expect(onChange.mock.calls).toEqual([['#?/bin/sh\necho told\n']]);
});

it('keeps every character as it is, carriage returns among them', async () => {
  const text = '#!/bin/sh\r\necho "\u202e"\t\r\n\n';
  await mounted.render(editor(text));
  expect(editorText(mounted.page)).toBe(text);
  editorOf(mounted.page)?.dispatch({ changes: { from: text.length, insert: '#' } });
  expect(onChange).toHaveBeenLastCalledWith(`${text}#`);
});

it('shows a mark for what cannot be seen, because the text is approved by looking at it', async () => {
  await mounted.render(editor('#!/bin/sh\necho "\u202e\u2066\u0007"\r\n'));
  expect(content()?.querySelectorAll('.cm-specialChar')).toHaveLength(4);
  for (const hidden of ['\u202e', '\u2066', '\u0007', '\r']) expect(content()?.textContent).not.toContain(hidden);
});

it('has a name, and says how it is left', () => {
  expect(content()?.getAttribute('role')).toBe('textbox');
  expect(content()?.getAttribute('aria-label')).toBe('Text of the script');
  expect(content()?.getAttribute('aria-description')).toContain('Escape, then Tab, leaves');
});

it('keeps Tab for itself until Escape was pressed', () => {
  expect(press('Tab', { keyCode: 9 })).toBe(false);
  press('Escape', { keyCode: 27 });
  expect(press('Tab', { keyCode: 9 })).toBe(true);
});

it('saves and runs by keys, and keeps the keys of the window out', () => {
  press('s', { ctrlKey: true, keyCode: 83 });
  press('Enter', { ctrlKey: true, keyCode: 13 });
  expect([onSave.mock.calls.length, onRun.mock.calls.length]).toEqual([1, 1]);
  expect(isTaken(mounted.page.querySelector('.code-editor'))).toBe(true);
});
