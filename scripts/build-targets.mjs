// What is built, and how. Plain vite with one configuration per target instead of electron-vite: four entries share the
// main target, it has to be cut for the oldest Node that runs it (not for the Electron that is installed), and everything
// but the native module is bundled so that a runnable copy needs only that beside it. electron-vite's defaults say the
// opposite on all three.
//
// The file names in out/ are fixed: package.json, the packager, the scripts and the engine's worker start rely on them.
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { out, root } from './project.mjs';

/**
 * Never bundled: Electron's own module, and the native module, whose binary must fit the runtime it is loaded by. The last
 * two are ssh2's optional native parts: it looks for them, and does without when they are not there.
 */
const external = ['electron', /^electron\//, 'better-sqlite3', 'cpu-features', /\.node$/];

/** Chunks lie beside them, and so does the worker they start. */
const nodeEntries = { headless: 'main/headless/main.ts', cli: 'main/cli/main.ts' };

/**
 * ES modules for Node wait at top level. Electron's program and the worker are loaded by `require`: Electron's must register
 * its scheme and its sandbox before the ready event, so it has to have run when `require` returns, whatever starts it. What
 * programs import later, the engine in the app above all, lies beside them.
 *
 * @param {string} outDir
 * @returns {import('vite').InlineConfig[]}
 */
function main(outDir) {
  const programs = forNode(outDir, nodeEntries, {
    format: 'es',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
  });
  const app = forNode(
    outDir,
    { electron: 'main/electron/main.ts' },
    {
      format: 'cjs',
      entryFileNames: '[name].cjs',
      chunkFileNames: 'app-[name]-[hash].cjs',
    },
  );
  return [programs, app, oneCommonJsFile(outDir, 'sqlite-worker', 'main/adapters/sqlite/worker.ts')];
}

/**
 * A sandboxed preload has to be one CommonJS file.
 * @param {string} outDir
 * @returns {import('vite').InlineConfig[]}
 */
function preload(outDir) {
  return [oneCommonJsFile(outDir, 'preload', 'preload/preload.ts')];
}

/**
 * Served by the app's own scheme under a strict policy: nothing inline, no data: addresses, no polyfill script. Minified:
 * every window reads it anew; the source maps beside it say what stood where.
 * @param {string} outDir
 * @returns {import('vite').InlineConfig[]}
 */
function renderer(outDir) {
  const config = shared(outDir);
  return [
    {
      ...config,
      root: path.join(root, 'renderer'),
      base: './',
      plugins: [react(), entryBeforePaint()],
      build: {
        ...config.build,
        target: 'chrome130',
        minify: true,
        // Read from the disk: what counts is what the first picture needs, and a test looks at that.
        chunkSizeWarningLimit: 1000,
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        rolldownOptions: {
          input: path.join(root, 'renderer', 'index.html'),
          output: {
            codeSplitting: {
              groups: [
                // One request for all that the first picture needs.
                { name: 'first-picture', test: /renderer.first-picture|preload-helper/ },
                // What tells zod not to compile comes before every schema, in whichever chunk that is.
                { name: 'zod', test: /node_modules.zod|parse-without-eval/ },
              ],
            },
          },
        },
      },
    },
  ];
}

/**
 * The entry of the page draws its first picture: nothing is shown before it has.
 * @returns {import('vite').Plugin}
 */
function entryBeforePaint() {
  return {
    name: 'entry-before-paint',
    transformIndexHtml: {
      order: 'post',
      handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
    },
  };
}

/**
 * @param {string} outDir
 * @param {string} name
 * @param {string} file
 */
function oneCommonJsFile(outDir, name, file) {
  return forNode(outDir, { [name]: file }, { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false });
}

/**
 * @param {string} outDir
 * @param {Record<string, string>} entries
 * @param {import('vite').Rolldown.OutputOptions} output
 * @returns {import('vite').InlineConfig}
 */
function forNode(outDir, entries, output) {
  const config = shared(outDir);
  return {
    ...config,
    // ssh2 asks for it when it is loaded, and ES modules have none.
    define: output.format === 'es' ? { __dirname: 'import.meta.dirname' } : {},
    ssr: { noExternal: true, target: 'node' },
    build: {
      ...config.build,
      ssr: true,
      target: 'node20',
      rolldownOptions: { external, input: absolute(entries), output },
    },
  };
}

/**
 * @param {string} outDir
 * @returns {import('vite').InlineConfig & { build: import('vite').BuildEnvironmentOptions }}
 */
function shared(outDir) {
  return {
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    mode: 'production',
    build: { outDir, emptyOutDir: false, sourcemap: true, minify: false, reportCompressedSize: false },
  };
}

/**
 * @param {Record<string, string>} entries
 * @returns {Record<string, string>}
 */
function absolute(entries) {
  return Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, path.join(root, file)]));
}

/** Target folder in out/ -> its configurations for a given output folder, which is empty when the first one runs. */
export const targets = Object.entries({ main, preload, renderer }).map(([name, configure]) => ({
  folder: path.join(out, name),
  configure,
}));
