import { spawn } from 'node:child_process';
import { eventually } from './eventually.ts';

/** A program in a terminal of its own, with a person at its keys. */
export interface PseudoTerminal {
  /** Everything that was shown so far. */
  shown(): string;
  /** Keys; `\x1d` is Ctrl-]. */
  type(keys: string): void;
  /** Waits until something is shown, from here on or from the beginning. */
  sees(text: string | RegExp, limitMs?: number): Promise<void>;
  /** Resolves when the program has ended. */
  readonly ended: Promise<void>;
  /** Closes the terminal's window, as it were. */
  close(): void;
}

/** `script` is the one thing that Debian always has that makes a terminal. The line is for its shell. */
export function openPseudoTerminal(shellLine: string, environment: NodeJS.ProcessEnv): PseudoTerminal {
  const child = spawn('script', ['-q', '-f', '-e', '-c', `stty rows 24 cols 80; ${shellLine}`, '/dev/null'], {
    env: { PATH: process.env.PATH, TERM: 'xterm', SHELL: '/bin/sh', ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    shown += text;
  });
  child.stdin.on('error', () => {});
  return {
    shown: () => shown,
    type: (keys) => child.stdin.write(Buffer.from(keys, 'latin1')),
    sees: async (text, limitMs = 30_000) => {
      await eventually(
        `the terminal to show ${text}`,
        () => (typeof text === 'string' ? shown.includes(text) : text.test(shown)),
        limitMs,
      ).catch((cause: unknown) => {
        throw new Error(`not shown: ${text}. The terminal shows ${JSON.stringify(shown.slice(-800))}`, { cause });
      });
    },
    ended: new Promise((resolve) => child.once('close', () => resolve())),
    close: () => child.kill('SIGHUP'),
  };
}
