import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { assembleEngine } from '../assemble.ts';
import { VigilError } from '../contract/failure.ts';
import { resolveDataHome } from '../transport/client/data-home.ts';
import { parseHeadlessOptions } from './command-line.ts';
import { runHeadless } from './run-headless.ts';

/** The engine in plain Node, without a desktop. It stays until it is stopped. */
try {
  const { home } = parseHeadlessOptions(process.argv.slice(2));
  // From out/main as from main/headless, the package is two levels up.
  const root = new URL('../../', import.meta.url);
  const packageFile = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string };
  const exitCode = await runHeadless({
    home: resolveDataHome(home, process.env),
    assemble: (folder) =>
      assembleEngine({
        home: folder,
        host: 'headless',
        version: packageFile.version,
        resourcesFolder: fileURLToPath(new URL('resources', root)),
      }),
    onStopSignal: (listener) => {
      const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
      for (const signal of signals) process.on(signal, listener);
      return () => {
        for (const signal of signals) process.removeListener(signal, listener);
      };
    },
    say,
  });
  // Whatever a part of the engine left open must not keep a stopped engine alive.
  process.exit(exitCode);
} catch (error) {
  say(error instanceof VigilError ? `${error.message} ${error.hint ?? ''}` : String(error));
  process.exit(error instanceof VigilError && error.code === 'bad-input' ? 2 : 1);
}

/** Standard error is the file HOME/logs/headless.log when the CLI started us. */
function say(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
}
