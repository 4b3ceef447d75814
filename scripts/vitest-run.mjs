// One vitest project, its counts read from vitest's own report.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { resolveElectron } from './electron.mjs';
import { modules, projectNode, root, runForeground } from './project.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Result */

/** @type {Result} */
export const emptyResult = { passed: 0, failed: 0, skipped: 0 };

/**
 * @param {string} project
 * @param {readonly string[]} args handed to vitest
 * @param {{ electron?: boolean, mayBeEmpty?: boolean, env?: NodeJS.ProcessEnv }} [options] `electron`: the tests show the app;
 *   without an Electron the run is red, never skipped
 * @returns {Promise<Result>}
 */
export async function runVitest(project, args, { electron = false, mayBeEmpty = true, env = {} } = {}) {
  if (electron) await resolveElectron();
  const report = path.join(root, 'test-results', `${project}.json`);
  rmSync(report, { force: true });
  const command = [
    path.join(modules, 'vitest', 'vitest.mjs'),
    'run',
    `--project=${project}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...(mayBeEmpty ? ['--passWithNoTests'] : []),
    ...args,
  ];
  const code = await runForeground(projectNode(), command, { env: { ...process.env, ...env } });
  const result = existsSync(report) ? read(report) : emptyResult;
  // vitest also fails for reasons that are no test: a file that does not load, an error between two tests.
  return code !== 0 && passed(result) ? { ...result, failed: 1 } : result;
}

/**
 * @param {string} file
 * @returns {Result}
 */
function read(file) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** @param {Result} result */
export function passed(result) {
  return result.failed === 0;
}

/**
 * @param {Result} a
 * @param {Result} b
 * @returns {Result}
 */
export function sum(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/**
 * The line other programs look for: alone on its line, nothing before or after.
 * @param {Result} result
 */
export function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
