// The app where there is an Electron and a display, else the same engine headless.
import path from 'node:path';
import { buildWhenStale } from './build.mjs';
import { provideDebianPackages } from './debian-packages.mjs';
import { resolveElectron } from './electron.mjs';
import { ExpectedFailure, out, projectNode, runForeground, wasToldToStop, withoutNpm } from './project.mjs';

/** @param {readonly string[]} args */
export async function run(args) {
  const install = provideDebianPackages('app');
  if (install) console.error(`Something Vigil uses is missing. Get it with:\n  ${install}`);
  await buildWhenStale();
  const env = withoutNpm();
  const launch = await electronOrReason();
  if (wasToldToStop()) return;
  if (typeof launch === 'string') {
    console.error(`Running headless: ${launch}`);
    process.exitCode = await runForeground(projectNode(), [path.join(out, 'main', 'headless.mjs'), ...args], { env });
    return;
  }
  process.exitCode = await runForeground(launch.executable, [...launch.args, ...args], { env });
}

/** @returns {Promise<import('./electron.mjs').ElectronLaunch | string>} a launch, or why there is none */
async function electronOrReason() {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    return 'there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set).';
  }
  try {
    return await resolveElectron();
  } catch (error) {
    if (error instanceof ExpectedFailure) return error.message;
    return `Electron could not be prepared (${error instanceof Error ? error.message : error}).`;
  }
}
