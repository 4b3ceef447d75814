import type { Command } from 'commander';
import { VigilError } from '../contract/failure.ts';
import type { CliContext } from './cli-context.ts';
import type { RunCommand } from './command-run.ts';
import { type DashboardFacts, dashboardFacts } from './dashboard-rows.ts';
import { seconds } from './flag-values.ts';
import { plainJson } from './plain-text.ts';
import { dashboardEntry, printDashboard } from './print-dashboard.ts';
import { watchDashboard } from './watch-dashboard.ts';

interface DashboardFlags {
  readonly refreshInterval?: number;
  readonly resourceGroup?: string;
}

/** `monitor dashboard`: every machine now. */
export function addDashboardCommand(monitor: Command, run: RunCommand): void {
  monitor
    .command('dashboard')
    .summary('show every machine as it is now')
    .description(
      'Show what every machine does now, worst first, and go on showing it: q quits, r refreshes, + and - change the interval. Where nobody watches, one table is printed. A reading that failed is ---- with its reason. Percentages: green under 70, yellow with ! from 70 to 85, red with !! above.',
    )
    .option('--refresh-interval <s>', 'from one refresh to the next, in seconds (60)', seconds('refreshInterval', 3600))
    .option('--resource-group <rg>', 'only the machines of this group')
    .addHelpText('after', '\nExample:\n  vigil monitor dashboard --refresh-interval 10')
    .action(async (flags: DashboardFlags, command: Command) => {
      await run(command, (context) => showDashboard(flags, context));
    });
}

async function showDashboard(flags: DashboardFlags, context: CliContext): Promise<number> {
  const { json, terminal, rawTerminal } = context;
  const connection = await context.engine();
  const group = flags.resourceGroup;
  const read = async (): Promise<DashboardFacts> => {
    const [machines, samples, settings] = await Promise.all([
      connection.call('machine.list', group === undefined ? {} : { group }),
      connection.call('metrics.newest', {}),
      connection.call('settings.get', {}),
    ]);
    return dashboardFacts(machines, samples, settings.collection.interval_seconds * 1000, Date.now());
  };
  if (json || !rawTerminal.isTyped || rawTerminal.size() === null) {
    const facts = await read();
    if (json) terminal.out(plainJson(facts.rows.map(dashboardEntry)));
    else if (facts.rows.length > 0) terminal.out(printDashboard(facts, facts.updatedAt, terminal.hasColour));
    else terminal.err(group === undefined ? 'No machines.' : 'No machine is in that group.');
    return 0;
  }
  if (context.timeoutSeconds !== undefined)
    throw new VigilError('bad-input', 'A dashboard that is watched has no time limit.', { field: 'timeoutSeconds' });
  const { exitCode, words } = await watchDashboard({
    rawTerminal,
    hasColour: terminal.hasColour,
    intervalSeconds: flags.refreshInterval ?? 60,
    read,
    closed: connection.closed,
    now: () => Date.now(),
  });
  if (words !== null) terminal.err(words);
  return exitCode;
}
