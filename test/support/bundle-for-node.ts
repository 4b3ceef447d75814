import { mkdirSync, mkdtempSync } from 'node:fs';
import path from 'node:path';
import { build } from 'vite';
import { root } from '../../scripts/project.mjs';

/**
 * Bundles a program of the tests with the worker of the databases beside it, as the product is bundled: one that is started
 * hundreds of times must not have its TypeScript taken apart each time. Answers the file. Below the repository, because
 * the native module is looked for from there; the folder is the caller's to remove.
 */
export async function bundleForNode(name: string, entry: string): Promise<{ file: string; folder: string }> {
  const parent = path.join(root, 'test-results');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(path.join(parent, 'bundle-'));
  const file = path.join(folder, `${name}.mjs`);
  const targets = [
    { input: path.join(root, entry), output: { format: 'es', entryFileNames: `${name}.mjs`, codeSplitting: false } },
    {
      input: path.join(root, 'main/adapters/sqlite/worker.ts'),
      output: { format: 'cjs', entryFileNames: 'sqlite-worker.cjs', codeSplitting: false },
    },
  ] as const;
  for (const rolldownOptions of targets) {
    await build({
      configFile: false,
      root,
      logLevel: 'warn',
      publicDir: false,
      mode: 'production',
      ssr: { noExternal: true, target: 'node' },
      build: {
        ssr: true,
        outDir: folder,
        emptyOutDir: false,
        minify: false,
        target: 'node20',
        reportCompressedSize: false,
        rolldownOptions: { ...rolldownOptions, external: ['better-sqlite3', /\.node$/] },
      },
    });
  }
  return { file, folder };
}
