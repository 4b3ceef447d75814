import { VigilError } from '../contract/failure.ts';

/** The key that leaves a console, of all keys that carry Ctrl. */
export interface DetachKey {
  readonly byte: number;
  /** `Ctrl-]`. */
  readonly name: string;
}

/** `^]`, `ctrl-]`, `C-a`. */
export function detachKey(text: string): DetachKey {
  const character = /^(?:\^|ctrl-|c-)([@a-z[\\\]^_])$/i.exec(text)?.[1]?.toUpperCase();
  if (character === undefined) {
    throw new VigilError('bad-input', 'A detach key is Ctrl with a letter or one of @ [ \\ ] ^ _.', {
      field: 'detachKey',
      hint: 'Write it as ^] or ctrl-a.',
    });
  }
  return { byte: character.charCodeAt(0) & 0x1f, name: `Ctrl-${character}` };
}

export const usualDetachKey = detachKey('^]');
