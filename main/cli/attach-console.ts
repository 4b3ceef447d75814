import { setTimeout as pause } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import type { ConsoleOutput } from '../contract/console.ts';
import { failureOf, VigilError } from '../contract/failure.ts';
import type { SocketConnection } from '../transport/client/socket-connection.ts';
import type { CliContext } from './cli-context.ts';
import type { DetachKey } from './detach-key.ts';
import { plainText } from './plain-text.ts';
import { printFailure } from './print-failure.ts';
import { createTypist } from './typist.ts';

export interface AttachOptions {
  readonly detachKey: DetachKey;
  /** Type `stty` with the size of this terminal, now and whenever it changes. A serial line cannot carry a size itself. */
  readonly fit: boolean;
  /** Offset of the log to begin at; the last lines when absent. */
  readonly from?: number;
}

/** Of what was printed before, so that a prompt that waits is seen. */
const backlogBytes = 4096;
/** With input from a pipe: so long the machine must have been silent after the last byte was typed. */
const silenceMs = 1000;
const followMs = 20_000;
/** While the machine is down it may be on its way up again. */
const downMs = 1000;
/** For keys that were still on their way. */
const farewellMs = 1000;

type Ending = { readonly exitCode: number; readonly words: string };

/**
 * Joins this terminal to the serial console of a machine until the person detaches, the machine ends, the engine goes or a
 * signal comes; the terminal is as it was afterwards, and the machine runs on. 0 when detached or ended by itself, 1 when
 * the engine went, 128 and the signal's number for a signal.
 */
export async function attachConsole(context: CliContext, name: string, options: AttachOptions): Promise<number> {
  const { rawTerminal, terminal } = context;
  if (context.json) {
    throw new VigilError('bad-input', 'A console has no JSON form.', {
      field: '--json',
      hint: 'Read what was printed with `vigil console NAME > FILE`.',
    });
  }
  const connection = await context.engine({ ownTimeout: true });
  const { machine } = await connection.call('machine.get', { machine: name });
  if (machine.pid === undefined) {
    throw new VigilError('conflict', `'${plainText(machine.name)}' does not run.`, {
      field: 'machine',
      hint: 'Start it with `vigil start NAME --foreground`.',
    });
  }
  const ended = endings();
  const typist = createTypist(connection, machine.id, (error) =>
    terminal.err(`\r\n${printFailure(failureOf(error))}\r`),
  );
  const fit = (): void => {
    const size = options.fit ? rawTerminal.size() : null;
    if (size !== null) typist.type(Buffer.from(`stty rows ${size.rows} cols ${size.columns}\n`));
  };
  let hasInput = true;
  const release = rawTerminal.open({
    typed: (bytes) => {
      const cut = rawTerminal.isTyped ? bytes.indexOf(options.detachKey.byte) : -1;
      typist.type(cut < 0 ? bytes : bytes.subarray(0, cut));
      if (cut >= 0) ended.end({ exitCode: 0, words: 'Detached; the machine runs on.' });
    },
    inputEnded: () => {
      hasInput = false;
      // A terminal that ends its input is gone; a pipe's last command may still be answered.
      if (rawTerminal.isTyped) ended.end({ exitCode: 0, words: 'The input has ended.' });
    },
    resized: fit,
    signalled: (signal) => ended.end({ exitCode: signalExit(signal), words: `Detached by ${signal}.` }),
  });
  // Only now: who reads this may press the key, or send a signal.
  terminal.err(`Connected to the console of '${plainText(machine.name)}'. ${options.detachKey.name} detaches.`);
  const limit =
    context.timeoutSeconds === undefined
      ? undefined
      : setTimeout(
          () => ended.end({ exitCode: 1, words: `Detached after ${context.timeoutSeconds} s.` }),
          context.timeoutSeconds * 1000,
        );
  try {
    fit();
    void connection.closed.then((reason) => ended.end({ exitCode: 1, words: `${reason} The machine runs on.` }));
    const follow = followConsole(connection, machine.id, options.from, context, ended, () => hasInput || typist.isBusy);
    follow.then(ended.end, (error: unknown) => ended.end({ exitCode: 1, words: printFailure(failureOf(error)) }));
    const ending = await ended.promise;
    // Before the words: they belong to the line the person is back on.
    release();
    if (ending.exitCode === 0) await Promise.race([typist.finished(), pause(farewellMs)]);
    terminal.err(`\n${ending.words}`);
    return ending.exitCode;
  } finally {
    clearTimeout(limit);
    release();
  }
}

async function followConsole(
  connection: SocketConnection,
  machine: string,
  begin: number | undefined,
  { rawTerminal, terminal }: CliContext,
  ended: Endings,
  mayType: () => boolean,
): Promise<Ending> {
  let from = begin;
  if (from === undefined) {
    const past = await connection.call('console.follow', { machine, limit: backlogBytes, waitMs: 0 });
    await rawTerminal.write(Buffer.from(harmless(Buffer.from(past.data, 'base64').toString('utf8'))));
    from = past.to;
  }
  let isUp = true;
  while (!ended.isOver) {
    const mayHaveTyped = mayType();
    const waitMs = isUp ? (rawTerminal.isTyped ? followMs : silenceMs) : downMs;
    const part: ConsoleOutput = await connection.call('console.follow', { machine, from, waitMs });
    if (part.dropped > 0) terminal.err(`\r\n[${part.dropped} bytes were printed too fast to be shown]\r`);
    from = part.to;
    if (part.data !== '') {
      if (!(await rawTerminal.write(Buffer.from(part.data, 'base64')))) return { exitCode: 0, words: 'Nobody reads.' };
      continue;
    }
    isUp = part.running;
    if (!part.running && !(await comesBack(connection, machine))) {
      return { exitCode: 0, words: 'The machine has ended.' };
    }
    if (part.running && !mayHaveTyped) return { exitCode: 0, words: 'The input has ended.' };
  }
  return { exitCode: 0, words: '' };
}

/** A restart or a start under way brings the console back. */
async function comesBack(connection: SocketConnection, id: string): Promise<boolean> {
  const { machine } = await connection.call('machine.get', { machine: id });
  return machine.operation !== null || machine.pid !== undefined;
}

/**
 * Lines that were printed before this terminal was there: their questions to a terminal are old, and what it answered now
 * would be typed into the machine.
 */
function harmless(text: string): string {
  const lines = stripVTControlCharacters(text).replaceAll('\r', '').split('\n').map(plainText);
  return lines.join('\r\n');
}

interface Endings {
  readonly promise: Promise<Ending>;
  readonly isOver: boolean;
  end(ending: Ending): void;
}

function endings(): Endings {
  let isOver = false;
  let resolve: (ending: Ending) => void = () => undefined;
  const promise = new Promise<Ending>((settle) => {
    resolve = settle;
  });
  return {
    promise,
    get isOver() {
      return isOver;
    },
    end: (ending) => {
      isOver = true;
      resolve(ending);
    },
  };
}

function signalExit(signal: NodeJS.Signals): number {
  const numbers: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 };
  return 128 + (numbers[signal] ?? 0);
}
