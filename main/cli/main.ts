import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createRawTerminal } from './raw-terminal.ts';
import { runCli } from './run-cli.ts';
import { runProgram } from './run-program.ts';
import { startHeadlessEngine } from './start-engine.ts';
import { createTerminal } from './terminal.ts';

// Built, this file and the engine's entry lie side by side in out/main; as sources they are neighbours' children.
// The package's own file is two levels up from either.
const entries = ['./headless.mjs', '../headless/main.ts'].map((place) =>
  fileURLToPath(new URL(place, import.meta.url)),
);
const packageFile: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const { version } = packageFile as { version: string };

const argv = process.argv.slice(2);

process.exitCode = await runCli(argv, {
  terminal: createTerminal(process.env, argv),
  rawTerminal: createRawTerminal(),
  runProgram,
  environment: process.env,
  version,
  startEngine: (home) => startHeadlessEngine(entries.find((entry) => existsSync(entry)) ?? '', home),
  onInterrupt: (listener) => {
    process.on('SIGINT', listener);
    return () => process.removeListener('SIGINT', listener);
  },
});
