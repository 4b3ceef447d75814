// How an e2e test gets its Electron: `const { executable, args } = await electronForTests()`, then
// `_electron.launch({ executablePath: executable, args: [...args, '--home', home] })`.
import { resolveElectron } from '../../../scripts/electron.mjs';

/**
 * The Electron `npm start` would use, never on the GPU. Expects the build that `npm test` makes before its e2e step.
 * @returns {Promise<import('../../../scripts/electron.mjs').ElectronLaunch>}
 */
export async function electronForTests() {
  const launch = await resolveElectron();
  const gpu = launch.args.includes('--disable-gpu') ? [] : ['--disable-gpu'];
  return { ...launch, args: [...gpu, ...launch.args] };
}
