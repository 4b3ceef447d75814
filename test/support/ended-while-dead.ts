import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCliProcess } from './cli-process.ts';
import { eventually } from './eventually.ts';
import { accepts, startHookReceiver } from './hook-receiver.ts';
import { connectToEngineOf } from './launch-headless.ts';
import { killProcessesOfHome, machineProcessesOf, processesOfHome } from './processes-of-home.ts';

/** What a person did to the rule of an alert while no engine ran; `nothing` is the control. */
export const deeds = ['rule removed', 'rule switched off', 'rule about others', 'nothing'] as const;
export type Deed = (typeof deeds)[number];

export interface EndedWhileDead {
  /** What the receiver was told after the second engine began: `firing`, `resolved`. */
  readonly told: readonly string[];
  /** From the begin of the second engine to that word; null without one. */
  readonly tookMs: number | null;
}

const ruleAfter: Readonly<Record<Deed, string>> = {
  'rule removed': '',
  'rule switched off':
    '  - { name: down, metric: machine_down, severity: critical, enabled: false, notification_channels: [webhook] }',
  'rule about others':
    '  - { name: down, metric: machine_down, severity: critical, machines: [other], notification_channels: [webhook] }',
  nothing: '  - { name: down, metric: machine_down, severity: critical, notification_channels: [webhook] }',
};
/** Of checks and readings; a word within it is in time. */
const intervalSeconds = 60;
/** With whom there is no word it is not waited for longer. */
const quietMs = 10_000;

/**
 * A real machine is killed and its alert told to a real receiver; the engine is killed with signal 9, the alert ends by what
 * a person does to the file, and another engine comes.
 */
export async function endedWhileDead(deed: Deed): Promise<EndedWhileDead> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vd-'));
  const home = path.join(folder, 'home');
  mkdirSync(home, { mode: 0o700 });
  const told: { readonly tells: string; readonly at: number }[] = [];
  const receiver = await startHookReceiver((request, response, received) => {
    const { alerts } = JSON.parse(request.body) as {
      readonly alerts: readonly { readonly tells: readonly string[] }[];
    };
    for (const { tells } of alerts) told.push({ tells: tells.join(' then '), at: performance.now() });
    accepts(request, response, received);
  }, false);
  const writeRules = (rule: string): void =>
    writeFileSync(
      path.join(home, 'alert_rules.yaml'),
      `rules:${rule === '' ? ' []' : `\n${rule}`}\nnotification_config:\n  webhook: { enabled: true, allow_private: true, url: "${receiver.url}" }\n`,
      { mode: 0o600 },
    );
  try {
    writeFileSync(path.join(home, 'settings.toml'), `[collection]\ninterval_seconds = ${intervalSeconds}\n`, {
      mode: 0o600,
    });
    writeRules(ruleAfter.nothing);
    await runCliProcess(home, ['lifecycle', 'daemon', 'start']);
    const engine = await connectToEngineOf(home);
    const created = await engine.call('machine.create', { name: 'demo', cpus: 1, memoryMib: 64, diskMib: 16 });
    await engine.call('operation.wait', { operation: created.id });
    const started = await engine.call('machine.start', { machine: 'demo' });
    await engine.call('operation.wait', { operation: started.id });
    for (const { pid } of machineProcessesOf(home)) process.kill(pid, 'SIGKILL');
    await eventually('a word that it fires', () => told.length === 1, 60_000);
    await eventually('it written down', async () =>
      (await engine.call('delivery.list', { limit: 10, state: 'delivered' })).some(
        ({ channel }) => channel === 'webhook',
      ),
    );
    const { pid } = await engine.call('engine.status', {});
    engine.close();
    if (pid === null) throw new Error('The engine says no number of its process.');
    process.kill(pid, 'SIGKILL');
    await eventually('no engine', () => !processesOfHome(home).some((each) => each.pid === pid));
    writeRules(ruleAfter[deed]);
    const begun = performance.now();
    await runCliProcess(home, ['lifecycle', 'daemon', 'start']);
    const after = (): readonly { readonly tells: string; readonly at: number }[] => told.slice(1);
    await eventually('a word that it is over', () => after().length > 0, deed === 'nothing' ? quietMs : 120_000).catch(
      (error: unknown) => {
        if (deed !== 'nothing') throw error;
      },
    );
    const [first] = after();
    return { told: after().map(({ tells }) => tells), tookMs: first === undefined ? null : first.at - begun };
  } finally {
    await killProcessesOfHome(home);
    await receiver.close();
    // Whoever was killed lets go of its files a moment after its command line is gone.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
