import { WatchConfig } from '../../contract/lifecycle.ts';
import type { MachineState } from '../../contract/machine.ts';
import type { FleetMachine } from '../fleet/machine-view.ts';
import type { SshTarget } from '../ports/ssh.ts';
import type { HostRecord } from '../ports/state-store.ts';
import type { HealthThresholds } from './health-state.ts';
import type { RemoteMachine } from './remote-machine.ts';

/** From what is configured to what is checked: pure. */

/** A machine that is to be checked, as the fleet sees it at this moment. */
export interface Watched {
  readonly id: string;
  readonly name: string;
  /** Null when nothing leads to SSH of it. */
  readonly target: SshTarget | null;
  /** As its hypervisor on this computer tells; null for one that is elsewhere, and is reached by its address. */
  readonly power: MachineState | null;
  /** Ports of this computer that lead into it. */
  readonly forwards: readonly { readonly host: number; readonly guest: number }[];
  readonly watch: WatchConfig;
  /** Changes with a new run or a new target: what was known before is void. */
  readonly run: string;
  /** Begin of its run, wall-clock milliseconds; null when it is not known. */
  readonly startedAt: number | null;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly thresholds: HealthThresholds;
}

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

/** Null when nobody knows where it is reached. */
export function remoteTarget({ id, address }: RemoteMachine, watch: WatchConfig, account: string): SshTarget | null {
  const host = watch.ssh_host ?? address;
  if (host === null) return null;
  return {
    host,
    port: watch.ssh_port ?? 22,
    user: watch.ssh_user ?? account,
    keyFile: watch.ssh_key ?? null,
    // An address of a cloud is another machine's tomorrow.
    hostKeyAlias: watch.ssh_trust_on_first_use === true ? `vigil-${id}` : null,
    trustOnFirstUse: watch.ssh_trust_on_first_use === true,
  };
}

/** A machine elsewhere is checked while its provider says that it runs and someone asked for it. */
export function watchedRemote(machine: RemoteMachine, watch: WatchConfig | undefined, account: string): Watched | null {
  if (watch === undefined || !watch.enabled || machine.state !== 'running') return null;
  const target = remoteTarget(machine, watch, account);
  return {
    id: machine.id,
    name: machine.name,
    target,
    power: null,
    forwards: [],
    run: `${machine.runningSince} ${JSON.stringify(target)}`,
    startedAt: machine.runningSince,
    ...limitsOf(watch),
  };
}

/** A local machine is checked while it runs and someone asked for it. */
export function watchedMachine(machine: FleetMachine, watch: WatchConfig | undefined, account: string): Watched | null {
  const { record, run } = machine;
  if (watch === undefined || !watch.enabled || run === null || record.state !== 'running') return null;
  const target = machineTarget(machine, watch, account);
  return {
    id: record.id,
    name: record.name,
    target,
    power: record.state,
    forwards: record.config.forwards,
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
    power: null,
    forwards: [],
    run: JSON.stringify(target),
    startedAt: null,
    ...limitsOf(watch ?? WatchConfig.parse({})),
  };
}

/** Whether something beyond what its hypervisor tells is to be looked at on a machine that SSH does not lead to. */
export function hasOwnChecks(watch: WatchConfig): boolean {
  const { check_tcp, check_http, check_console, check_agent, check_script } = watch;
  return (
    check_tcp.length > 0 ||
    check_http.length > 0 ||
    check_console.length > 0 ||
    check_agent ||
    check_script !== undefined
  );
}

/** Where a port of the machine is reached from here; null when nothing leads to it. */
export function doorOf(
  { target, power, forwards, watch }: Watched,
  port: number,
): { readonly host: string; readonly port: number; readonly isForward: boolean } | null {
  if (power === null || watch.ssh_host !== undefined) {
    return target === null ? null : { host: target.host, port, isForward: false };
  }
  const forward = forwards.find(({ guest }) => guest === port);
  return forward === undefined ? null : { host: '127.0.0.1', port: forward.host, isForward: true };
}

function limitsOf(watch: WatchConfig): Pick<Watched, 'watch' | 'intervalMs' | 'timeoutMs' | 'thresholds'> {
  return {
    watch,
    intervalMs: watch.check_interval_seconds * 1000,
    timeoutMs: watch.health_check_timeout * 1000,
    thresholds: {
      failuresToFail: watch.ssh_failure_threshold,
      successesToRecover: watch.recovery_threshold,
      startAllowanceMs: watch.start_allowance_seconds * 1000,
    },
  };
}
