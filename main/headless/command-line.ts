import { parseArgs } from 'node:util';
import { VigilError } from '../contract/failure.ts';

export interface HeadlessOptions {
  readonly home: string | undefined;
}

/** `headless [--home DIR]`. Throws `bad-input` for anything else. */
export function parseHeadlessOptions(argv: readonly string[]): HeadlessOptions {
  try {
    const { values } = parseArgs({ args: [...argv], options: { home: { type: 'string' } }, strict: true });
    return { home: values.home };
  } catch (cause) {
    const sentence = cause instanceof Error ? cause.message : String(cause);
    throw new VigilError('bad-input', sentence, { hint: 'Usage: headless [--home DIR]', cause });
  }
}
