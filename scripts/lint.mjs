// One formatter and linter, and one TypeScript program per side. `npm run lint -- --write` repairs what it can.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { ExpectedFailure, modules, projectNode, root } from './project.mjs';

/** A program per side: what a side must not know does not exist in its program. */
const programs = ['main/contract', 'main/engine', 'main', 'main/electron', 'preload', 'renderer', '.'];
/** Two cores is the smallest machine we care about. */
const atOnce = 2;
/** tsc calls a side without files an error. */
const noSources = 'TS18003';

/** @param {readonly string[]} args */
export async function run(args) {
  const failed = await lint(args);
  if (failed.length > 0) throw new ExpectedFailure(`lint: ${failed.join(', ')} failed`);
}

/**
 * @param {readonly string[]} [biomeArgs]
 * @returns {Promise<string[]>} the names of the steps that failed
 */
export async function lint(biomeArgs = []) {
  const steps = [
    { name: 'biome', args: ['@biomejs/biome/bin/biome', 'check', '--error-on-warnings', ...biomeArgs] },
    ...programs.map((folder) => ({
      name: `types of ${folder === '.' ? 'test and scripts' : folder}`,
      args: ['typescript/bin/tsc', '--pretty', '--project', folder],
    })),
  ];
  /** @type {string[]} */
  const failed = [];
  const worker = async () => {
    for (let step = steps.shift(); step; step = steps.shift()) {
      const { code, output } = await capture(step.args);
      if (code === 0 || output.includes(noSources)) continue;
      failed.push(step.name);
      console.error(`\n--- ${step.name}\n${output.trimEnd()}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return failed;
}

/**
 * @param {readonly string[]} args script below node_modules, then its arguments
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function capture([script = '', ...args]) {
  return new Promise((resolve, reject) => {
    const child = spawn(projectNode(), [path.join(modules, script), ...args], { cwd: root });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', reject).once('close', (code) => resolve({ code, output }));
  });
}
