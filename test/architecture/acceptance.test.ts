import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..', '..');

/** A proof: a file below `test/` (or from the root), and the words of a test in it. */
interface Proof {
  readonly file: string;
  readonly title: string | null;
}

/** Proofs look like `main/engine/x.test.ts` "words of its title". */
function proofsIn(text: string): readonly Proof[] {
  return [...text.matchAll(/`([\w./*-]+\.(?:ts|tsx|mjs|mts))`(?: "([^"]+)")?/g)].map(([, file = '', title]) => ({
    file,
    title: title ?? null,
  }));
}

function faultOf({ file, title }: Proof): string | null {
  if (file.includes('*')) return null;
  const found = [path.join(root, 'test', file), path.join(root, file)].find((candidate) => existsSync(candidate));
  if (found === undefined) return `${file} does not exist`;
  if (title !== null && !readFileSync(found, 'utf8').includes(title)) return `${file} has no test "${title}"`;
  return null;
}

describe('docs/acceptance.md', () => {
  const proofs = proofsIn(readFileSync(path.join(root, 'docs', 'acceptance.md'), 'utf8'));

  it('names only proofs that exist', () => {
    expect(proofs.length).toBeGreaterThan(30);
    expect(proofs.map(faultOf).filter((fault) => fault !== null)).toEqual([]);
  });

  it('control: a file that does not exist is noticed', () => {
    const [proof] = proofsIn('`main/engine/missing.test.ts`');
    expect(proof && faultOf(proof)).toBe('main/engine/missing.test.ts does not exist');
  });

  it('control: a title that is in no test is noticed', () => {
    expect(
      faultOf({ file: 'architecture/acceptance.test.ts', title: ['words', 'of', 'nobody'].join(' ') }),
    ).not.toBeNull();
  });
});
