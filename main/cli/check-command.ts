import type { Command } from 'commander';
import { failureOf } from '../contract/failure.ts';
import type { HealthRound } from '../contract/health-check.ts';
import type { HealthStatus } from '../contract/machine.ts';
import type { RunCommand } from './command-run.ts';
import { plainJson } from './plain-text.ts';
import { printFailure } from './print-failure.ts';
import { printRounds } from './print-rounds.ts';

/** What `check` ends with, as monitoring programs expect it. What could not be checked is no health. */
const exitCodes: Readonly<Record<HealthStatus, number>> = {
  healthy: 0,
  degraded: 1,
  unhealthy: 2,
  unknown: 3,
  'not-applicable': 3,
};
/** Of several machines the worst counts, and a failure is worse than not knowing. */
const worstFirst: readonly HealthStatus[] = ['unhealthy', 'degraded', 'unknown', 'not-applicable', 'healthy'];

/** `check`: a round of checks now, told in lines and in the exit code. */
export function addCheckCommand(program: Command, run: RunCommand): void {
  program
    .command('check')
    .summary('check a machine, or all of them, now')
    .description(
      'Check one machine now; without a name, every machine under watch. Exit code: 0 healthy, 1 warning, 2 critical, 3 unknown.',
    )
    .argument('[name]', 'name or id')
    .addHelpText('after', '\nExample:\n  vigil check demo --json')
    .action(async (name: string | undefined, _flags: unknown, command: Command) => {
      await run(command, async (context) => {
        const { json, terminal } = context;
        try {
          const connection = await context.engine();
          const rounds = await connection.call('health.check', name === undefined ? {} : { machine: name });
          if (json) terminal.out(plainJson(name === undefined ? rounds : rounds[0]));
          else if (rounds.length === 0)
            terminal.err('No machine is watched. Watch one with `vigil lifecycle enable NAME`.');
          else terminal.out(printRounds(rounds, terminal.hasColour));
          return exitCodeOf(rounds);
        } catch (error) {
          // 1 and 2 would be taken for words about the machine.
          const failure = failureOf(error);
          if (json) terminal.out(plainJson({ error: failure }));
          else terminal.err(printFailure(failure));
          return exitCodes.unknown;
        }
      });
    });
}

function exitCodeOf(rounds: readonly HealthRound[]): number {
  const worst = worstFirst.find((status) => rounds.some((round) => round.status === status));
  return exitCodes[worst ?? 'unknown'];
}
