import '@xterm/xterm/css/xterm.css';
import { FitAddon } from '@xterm/addon-fit';
import { type ITheme, Terminal } from '@xterm/xterm';
import { useEffect, useRef, useState } from 'react';
import type { VigilError } from '../../main/contract/failure.ts';
import type { Machine } from '../../main/contract/machine.ts';
import { useClient } from '../client/client-context.tsx';
import { ForeignText } from '../components/foreign-text.tsx';
import { Mark } from '../components/mark.tsx';
import { Strip } from '../components/strip.tsx';
import { bytes } from '../format/sizes.ts';
import { type ConsoleStream, openConsoleStream } from './console-stream.ts';
import { styledDocument, whileStyled } from './styled-document.ts';

const linesKept = 5000;

interface Condition {
  readonly isRunning: boolean;
  readonly dropped: number;
  readonly error: VigilError | null;
}

/** The serial port of a machine, to read and to type at. */
export function TerminalView({ machine }: { readonly machine: Machine }) {
  const { connection } = useClient();
  const place = useRef<HTMLDivElement>(null);
  const stream = useRef<ConsoleStream | null>(null);
  const [condition, setCondition] = useState<Condition>({ isRunning: true, dropped: 0, error: null });

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const terminal = new Terminal({
      documentOverride: styledDocument(document),
      fontFamily: inkOf('--font-mono'),
      fontSize: 13,
      lineHeight: 1.25,
      scrollback: linesKept,
      cursorBlink: false,
      screenReaderMode: true,
      // What the guest prints may be read, never acted upon.
      linkHandler: { activate: () => {} },
      theme: themeOfPage(),
      // Colours were chosen for a black screen; on this one they must be read too.
      minimumContrastRatio: 4.5,
    });
    // Tab and Escape belong to the machine, so one key leads out.
    terminal.attachCustomKeyEventHandler((event) => {
      if (!(event.ctrlKey && event.key === ']')) return true;
      if (event.type === 'keydown') element.closest('.console')?.querySelector('input')?.focus();
      return false;
    });
    const fit = new FitAddon();
    terminal.loadAddon(fit);
    whileStyled(document, () => terminal.open(element));
    const fitNow = () => {
      if (element.clientHeight > 0) fit.fit();
    };
    fitNow();
    const sizes = new ResizeObserver(fitNow);
    sizes.observe(element);
    const themes = new MutationObserver(() => {
      terminal.options.theme = themeOfPage();
    });
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });

    const open = openConsoleStream(connection, machine.id, {
      output: (data) => terminal.write(data),
      dropped: (count) => setCondition((before) => ({ ...before, dropped: before.dropped + count })),
      running: (isRunning) =>
        setCondition((before) =>
          before.isRunning === isRunning && before.error === null ? before : { ...before, isRunning, error: null },
        ),
      failed: (error) => setCondition((before) => ({ ...before, error })),
    });
    stream.current = open;
    const typed = terminal.onData((text) => open.type(text));
    return () => {
      open.stop();
      stream.current = null;
      typed.dispose();
      sizes.disconnect();
      themes.disconnect();
      terminal.dispose();
    };
  }, [connection, machine.id]);

  const { isRunning, dropped, error } = condition;
  return (
    <div className="terminal">
      {error === null ? null : (
        <Strip tone="warn" icon={<Mark kind="warn" />}>
          <b>The console does not answer.</b> <ForeignText>{error.message}</ForeignText>
        </Strip>
      )}
      <div className="terminal-place" ref={place} />
      <p className="terminal-foot faint tiny" role="status">
        {isRunning ? '' : 'The machine does not run: there is nobody to type to.'}
        {dropped === 0 ? '' : ` ${bytes(dropped)} went by unread; the log may hold them.`}
      </p>
    </div>
  );
}

function inkOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function themeOfPage(): ITheme {
  return {
    background: inkOf('--sunken'),
    foreground: inkOf('--text'),
    cursor: inkOf('--accent'),
    cursorAccent: inkOf('--sunken'),
    selectionBackground: inkOf('--selected'),
  };
}
