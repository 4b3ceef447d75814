import type { ReadStream } from 'node:tty';

/** The terminal as a line to a machine: every key as it is pressed, every byte as it comes. */
export interface RawTerminal {
  /** A person types; otherwise the input is a pipe or a file. */
  readonly isTyped: boolean;
  /** Null where the output is no terminal. */
  size(): { readonly rows: number; readonly columns: number } | null;
  /** Takes the input, key by key where a person types. The result gives it back as it was; a second time does nothing. */
  open(listeners: RawListeners): () => void;
  /** As it is, escape sequences included. False when nobody reads any more. */
  write(bytes: Uint8Array): Promise<boolean>;
}

export interface RawListeners {
  typed(bytes: Uint8Array): void;
  /** The pipe or file has been read to its end. */
  inputEnded(): void;
  resized(): void;
  /** Somebody asks this process to end; while this is listened to it does not by itself. */
  signalled(signal: NodeJS.Signals): void;
}

const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
/**
 * What a guest may have switched on and would have switched off itself: colours, a hidden cursor, keys and keypad of
 * applications, mouse reports, focus reports, bracketed paste.
 */
const calm = '\x1b[0m\x1b[?25h\x1b[?1l\x1b>\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\x1b[?1006l\x1b[?2004l';
const leaveOtherScreen = '\x1b[?1049l';

/** The process's own streams. */
export function createRawTerminal(): RawTerminal {
  const input = process.stdin as ReadStream;
  const output = process.stdout;
  const isTyped = input.isTTY === true;
  let isOnOtherScreen = false;
  return {
    isTyped,
    // A terminal that was never given a size says 0.
    size: () => (output.isTTY && output.rows > 0 ? { rows: output.rows, columns: output.columns } : null),
    open: (listeners) => {
      const end = (): void => listeners.inputEnded();
      const signalled = (signal: NodeJS.Signals): void => listeners.signalled(signal);
      if (isTyped) input.setRawMode(true);
      input.on('data', listeners.typed);
      input.on('end', end);
      input.on('error', end);
      output.on('resize', listeners.resized);
      for (const signal of signals) process.on(signal, signalled);
      let isOpen = true;
      const close = (): void => {
        if (!isOpen) return;
        isOpen = false;
        input.off('data', listeners.typed);
        input.off('end', end);
        input.off('error', end);
        output.off('resize', listeners.resized);
        for (const signal of signals) process.off(signal, signalled);
        process.off('exit', close);
        if (isTyped) input.setRawMode(false);
        input.pause();
        if (output.isTTY) output.write(`${isOnOtherScreen ? leaveOtherScreen : ''}${calm}`);
      };
      // Also when something throws that nobody catches.
      process.once('exit', close);
      input.resume();
      return close;
    },
    write: (bytes) => {
      const switches = Buffer.from(bytes).toString('latin1').match(otherScreen);
      if (switches !== null) isOnOtherScreen = switches.at(-1)?.endsWith('h') === true;
      return new Promise((resolve) => {
        output.write(bytes, (error) => resolve(error === null || error === undefined));
      });
    },
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with one
const otherScreen = /\x1b\[\?(?:47|1047|1049)[hl]/g;
