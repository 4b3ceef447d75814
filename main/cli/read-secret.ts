import { VigilError } from '../contract/failure.ts';
import type { CliContext } from './cli-context.ts';

const mostBytes = 64 * 1024;
const [interrupt, endOfInput, backspace, deletes] = [3, 4, 8, 127];

/**
 * A secret, typed without being shown or read from the input to its end; never from an argument, which every program of
 * this computer can see. Rejects with `cancelled` on Ctrl-C.
 */
export function readSecret({ rawTerminal, terminal }: CliContext, what: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const bytes: number[] = [];
    if (rawTerminal.isTyped) terminal.err(`Type the ${what}; it is not shown. Enter ends it.`);
    const end = (action: () => void): void => {
      close();
      action();
    };
    const cancelled = (): void => end(() => reject(new VigilError('cancelled', 'Nothing was changed.')));
    const done = (): void =>
      end(() =>
        resolve(
          Buffer.from(bytes)
            .toString('utf8')
            .replace(/\r?\n$/, ''),
        ),
      );
    const type = (byte: number): boolean => {
      if (byte === interrupt) cancelled();
      else if (byte === 0x0d || byte === 0x0a || byte === endOfInput) done();
      else if (byte === backspace || byte === deletes) {
        // A character of several bytes goes as a whole.
        while (((bytes.pop() ?? 0) & 0xc0) === 0x80);
      } else bytes.push(byte);
      return byte !== interrupt && byte !== 0x0d && byte !== 0x0a && byte !== endOfInput;
    };
    const close = rawTerminal.open({
      typed: (chunk) => {
        if (bytes.length + chunk.length > mostBytes) {
          end(() => reject(new VigilError('bad-input', 'That is too long for a secret.')));
          return;
        }
        if (!rawTerminal.isTyped) bytes.push(...chunk);
        else for (const byte of chunk) if (!type(byte)) return;
      },
      inputEnded: done,
      resized: () => undefined,
      signalled: cancelled,
    });
  });
}
