import { WatchConfig } from '../../contract/lifecycle.ts';
import type { FleetMachine } from '../fleet/machine-view.ts';
import type { SshTarget } from '../ports/ssh.ts';
import type { HostRecord } from '../ports/state-store.ts';
import type { Watched } from './health-watch.ts';

/** From what is configured to what is checked: pure. */

/** Where SSH of a machine answers; null when nothing leads there. */
export function machineTarget({ record }: FleetMachine, watch: WatchConfig, account: string): SshTarget | null {
  const forward = record.config.forwards.find(({ guest }) => guest === 22);
  const port = watch.ssh_port ?? (watch.ssh_host === undefined ? forward?.host : 22);
  if (port === undefined) return null;
  return {
    host: watch.ssh_host ?? '127.0.0.1',
    port,
    user: watch.ssh_user ?? account,
    keyFile: watch.ssh_key ?? null,
    // A forwarded port may lead to another guest tomorrow; a key that was taken on trust belongs to the machine.
    hostKeyAlias: watch.ssh_trust_on_first_use === true ? `vigil-${record.id}` : null,
    trustOnFirstUse: watch.ssh_trust_on_first_use === true,
  };
}

export function hostTarget(host: HostRecord, watch: WatchConfig | undefined, account: string): SshTarget {
  return {
    host: watch?.ssh_host ?? host.address,
    port: watch?.ssh_port ?? host.port,
    user: watch?.ssh_user ?? host.user ?? account,
    keyFile: watch?.ssh_key ?? host.keyFile,
    hostKeyAlias: null,
    trustOnFirstUse: watch?.ssh_trust_on_first_use ?? host.trustOnFirstUse,
  };
}

/** A local machine is checked while it runs and someone asked for it. */
export function watchedMachine(machine: FleetMachine, watch: WatchConfig | undefined, account: string): Watched | null {
  const { record, run } = machine;
  if (watch === undefined || !watch.enabled || run === null || record.state !== 'running') return null;
  const target = machineTarget(machine, watch, account);
  if (target === null) return null;
  return {
    id: record.id,
    name: record.name,
    target,
    run: `${record.generation} ${JSON.stringify(target)}`,
    startedAt: Date.parse(run.startedAt),
    ...limitsOf(watch),
  };
}

/** A host is checked from the moment it is added, unless that was switched off. */
export function watchedHost(host: HostRecord, watch: WatchConfig | undefined, account: string): Watched | null {
  if (watch !== undefined && !watch.enabled) return null;
  const target = hostTarget(host, watch, account);
  return {
    id: host.id,
    name: host.name,
    target,
    run: JSON.stringify(target),
    startedAt: null,
    ...limitsOf(watch ?? WatchConfig.parse({})),
  };
}

function limitsOf(watch: WatchConfig): Pick<Watched, 'intervalMs' | 'timeoutMs' | 'thresholds'> {
  return {
    intervalMs: watch.check_interval_seconds * 1000,
    timeoutMs: watch.health_check_timeout * 1000,
    thresholds: {
      failuresToFail: watch.ssh_failure_threshold,
      successesToRecover: 1,
      startAllowanceMs: watch.start_allowance_seconds * 1000,
    },
  };
}
