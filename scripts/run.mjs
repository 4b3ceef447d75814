// The door behind every npm script: `node scripts/run.mjs COMMAND [ARGS]`.
//
// It has no dependencies and parses on old Nodes, because on a fresh clone nothing is installed yet and the machine's own
// Node may be older than what the tools need. It installs the npm packages when the lockfile asks for it, then goes on
// under the Node the project brings along.
import { installPackagesWhenStale } from './install-packages.mjs';
import { ExpectedFailure, isProjectNode, runUnderProjectNode } from './project.mjs';

/** Each command is a module with `run(args)`, loaded only when it is asked for. */
const commands = {
  start: () => import('./start.mjs'),
  vigil: () => import('./vigil.mjs'),
  build: () => import('./build.mjs'),
  lint: () => import('./lint.mjs'),
  test: () => import('./test.mjs'),
  'test:chaos': () => import('./test-chaos.mjs'),
  'test:azure': () => import('./test-azure.mjs'),
  bench: () => import('./bench.mjs'),
  package: () => import('./package.mjs'),
  pictures: () => import('./pictures.mjs'),
};

const [name = '', ...args] = process.argv.slice(2);
if (!Object.hasOwn(commands, name)) {
  console.error(`usage: node scripts/run.mjs ${Object.keys(commands).join('|')} [ARGS]`);
  process.exit(2);
}

try {
  await installPackagesWhenStale();
  if (isProjectNode()) {
    const command = await commands[/** @type {keyof typeof commands} */ (name)]();
    await command.run(args);
  } else {
    process.exitCode = await runUnderProjectNode([process.argv[1] ?? '', name, ...args]);
  }
} catch (error) {
  console.error(error instanceof ExpectedFailure ? error.message : error);
  process.exitCode = 1;
}
