// The CLI in a checkout. It runs in this very process, so standard input, signals and the exit code need no handing on.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildWhenStale } from './build.mjs';
import { out, withoutNpm } from './project.mjs';

/** @param {readonly string[]} args */
export async function run(args) {
  await buildWhenStale();
  const cli = path.join(out, 'main', 'cli.mjs');
  // npm changes to the project's folder; file names on the command line are meant from where the user stands.
  if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
  const environment = withoutNpm();
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  process.env.PATH = environment.PATH;
  process.argv = [process.execPath, cli, ...args];
  await import(pathToFileURL(cli).href);
}
