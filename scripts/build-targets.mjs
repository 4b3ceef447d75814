// What is built, and how. Plain vite with one configuration per target instead of electron-vite: four entries share the
// main target, it has to be cut for the oldest Node that runs it (not for the Electron that is installed), and everything
// but the native module is bundled so that a runnable copy needs only that beside it. electron-vite's defaults say the
// opposite on all three.
//
// The file names in out/ are fixed: package.json, the packager, the scripts and the engine's worker start rely on them.
import { existsSync } from 'node:fs';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { out, root } from './project.mjs';

/** Never bundled: Electron's own module, and the native module, whose binary must fit the runtime it is loaded by. */
const external = ['electron', /^electron\//, 'better-sqlite3'];

/** Output name -> entry. Chunks lie beside them, so `new URL('./sqlite-worker.js', import.meta.url)` holds in every chunk. */
const mainEntries = {
  electron: 'main/electron/main.ts',
  headless: 'main/headless/main.ts',
  cli: 'main/cli/main.ts',
  'sqlite-worker': 'main/adapters/sqlite/worker.ts',
};

/**
 * @param {string} outDir
 * @returns {import('vite').InlineConfig}
 */
function main(outDir) {
  return {
    ...shared(outDir),
    ssr: { noExternal: true, target: 'node' },
    build: {
      ...shared(outDir).build,
      ssr: true,
      target: 'node20',
      rolldownOptions: {
        external,
        input: present(mainEntries),
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  };
}

/**
 * A sandboxed preload has to be one CommonJS file.
 * @param {string} outDir
 * @returns {import('vite').InlineConfig}
 */
function preload(outDir) {
  return {
    ...shared(outDir),
    ssr: { noExternal: true, target: 'node' },
    build: {
      ...shared(outDir).build,
      ssr: true,
      target: 'node20',
      rolldownOptions: {
        external,
        input: present({ preload: 'preload/preload.ts' }),
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  };
}

/**
 * Served by the app's own scheme under a strict policy: nothing inline, no data: addresses, no polyfill script.
 * @param {string} outDir
 * @returns {import('vite').InlineConfig}
 */
function renderer(outDir) {
  return {
    ...shared(outDir),
    root: path.join(root, 'renderer'),
    base: './',
    plugins: [react()],
    build: {
      ...shared(outDir).build,
      target: 'chrome130',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: present({ index: 'renderer/index.html' }) },
    },
  };
}

/**
 * @param {string} outDir
 * @returns {import('vite').InlineConfig}
 */
function shared(outDir) {
  return {
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    mode: 'production',
    build: { outDir, emptyOutDir: true, sourcemap: true, minify: false, reportCompressedSize: false },
  };
}

/** @param {Record<string, string>} entries */
function present(entries) {
  const found = Object.entries(entries).map(([name, file]) => /** @type {const} */ ([name, path.join(root, file)]));
  for (const [, file] of found) if (!existsSync(file)) console.error(`build: ${path.relative(root, file)} is missing`);
  return Object.fromEntries(found.filter(([, file]) => existsSync(file)));
}

/** Target folder in out/ -> its configuration for a given output folder. */
export const targets = Object.entries({ main, preload, renderer }).map(([name, configure]) => ({
  folder: path.join(out, name),
  configure,
}));
