import { VigilError } from '../contract/failure.ts';
import { attachConsole } from './attach-console.ts';
import type { CliContext } from './cli-context.ts';
import { usualDetachKey } from './detach-key.ts';
import { runVerb, type Verb } from './run-verb.ts';

export const startVerb: Verb = {
  kind: 'start',
  begin: (connection, machine) => connection.call('machine.start', { machine }),
};

/** Starts one machine and stays at its serial console, from the first byte it prints. */
export async function startInForeground(names: readonly string[], context: CliContext): Promise<number> {
  const [name, ...others] = names;
  if (name === undefined || others.length > 0) {
    throw new VigilError('bad-input', 'Only one machine can have the foreground.', { field: '--foreground' });
  }
  if (context.json) {
    throw new VigilError('bad-input', 'A console has no JSON form.', {
      field: '--foreground',
      hint: 'Start it with --json, and join it with `vigil console`.',
    });
  }
  const connection = await context.engine({ ownTimeout: true });
  const { to } = await connection.call('console.follow', { machine: name, limit: 1, waitMs: 0 });
  const exitCode = await runVerb([name], startVerb, context);
  if (exitCode !== 0) return exitCode;
  return attachConsole(context, name, { detachKey: usualDetachKey, fit: false, from: to });
}
