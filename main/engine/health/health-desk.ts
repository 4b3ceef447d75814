import type { CallContext, Handlers } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { CheckReport, HealthRound } from '../../contract/health-check.ts';
import type { JournalDetails } from '../../contract/journal.ts';
import { patchedWatch, type WatchConfig, type WatchPatch, type WatchStatus } from '../../contract/lifecycle.ts';
import type { Health, HealthStatus } from '../../contract/machine.ts';
import type { FleetMachine } from '../fleet/machine-view.ts';
import type { Ledger } from '../journal/ledger.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { GuestOverSsh } from '../metrics/guest-sources.ts';
import { inParallel } from '../metrics/in-parallel.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { HostRecord } from '../ports/state-store.ts';
import type { CheckPorts } from './checks/check.ts';
import type { Standing } from './combine-health.ts';
import { evidenceOf, type HealthEvidence, heartbeatStale } from './health-evidence.ts';
import type { HealthState } from './health-state.ts';
import { createHealthWatch, type HealthTurn } from './health-watch.ts';
import type { RemoteMachine } from './remote-machine.ts';
import type { WatchKeeper } from './watch-keeper.ts';
import {
  hasOwnChecks,
  hostTarget,
  machineTarget,
  remoteTarget,
  type Watched,
  watchedHost,
  watchedMachine,
  watchedRemote,
} from './watched-machine.ts';

/** Which machines are watched, and how that goes: joins the configuration, the fleet and the checks. */
export interface HealthDesk {
  readonly handlers: Pick<Handlers, 'lifecycle.enable' | 'lifecycle.disable' | 'lifecycle.status' | 'health.check'>;
  health(id: string): Health;
  /** What its checks say for and against helping it; null for one that is not checked now. */
  evidence(id: string): HealthEvidence | null;
  /** How each of its checks stands; empty for one that is not checked. */
  standings(id: string): readonly Standing[];
  /** See `HealthWatch`. */
  restarted(id: string): void;
  bootSeen(id: string, bootId: string): void;
  /** Where SSH of a machine answered at its last check, or why it did not; null when it is not checked, or not yet. */
  guestOf(id: string): GuestOverSsh | null;
  /** Whether anything is to be checked at all, now or once it runs. */
  isWatching(): boolean;
  /** Machines, hosts or the configuration changed. */
  sync(): void;
  /** It ended or was lost without being asked to: that it is healthy again is news, whatever its checks said before. */
  failed(id: string): void;
  /** One machine changed. */
  touch(id: string): void;
  stop(): Promise<void>;
}

export interface HealthDeskPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly checks: CheckPorts;
  readonly ledger: Ledger;
  readonly keeper: WatchKeeper;
  /** Account that runs Vigil. */
  readonly account: string;
  machines(): readonly FleetMachine[];
  machine(id: string): FleetMachine | undefined;
  hosts(): readonly HostRecord[];
  host(id: string): HostRecord | undefined;
  /** Machines of a cloud. */
  remotes(): readonly RemoteMachine[];
  remote(id: string): RemoteMachine | undefined;
  /** The machine or host a person means; throws `not-found`. */
  resolve(reference: string): { readonly id: string; readonly name: string };
  /** Its view has changed. */
  announce(id: string): void;
  /** A check of it came back. */
  checked(id: string): void;
}

/** What followed from how a machine stood. */
interface Spoken {
  readonly state: HealthState;
  readonly standings: readonly Standing[];
  readonly evidence: HealthEvidence;
}

/** Machines that are checked at a time when somebody asks for all of them. */
const askedAtOnce = 16;

export function createHealthDesk(ports: HealthDeskPorts): HealthDesk {
  const { keeper, account } = ports;
  const machineOf = ports.machine;
  const hostOf = ports.host;
  const remoteOf = ports.remote;

  /** As it was made of the same machine and configuration: whoever looks at a fleet asks for each machine of it. */
  const made = new WeakMap<FleetMachine, { readonly config: WatchConfig | undefined; readonly it: Watched | null }>();
  const watchedLocal = (machine: FleetMachine): Watched | null => {
    const config = keeper.of(machine.record.name);
    const known = made.get(machine);
    if (known !== undefined && known.config === config) return known.it;
    const it = watchedMachine(machine, config, account);
    made.set(machine, { config, it });
    return it;
  };
  const watched = (id: string): Watched | null => {
    const machine = machineOf(id);
    if (machine !== undefined) return watchedLocal(machine);
    const remote = remoteOf(id);
    if (remote !== undefined) return watchedRemote(remote, keeper.of(remote.name), account);
    const host = hostOf(id);
    return host === undefined ? null : watchedHost(host, keeper.of(host.name), account);
  };
  const nameOf = (id: string): string => machineOf(id)?.record.name ?? remoteOf(id)?.name ?? hostOf(id)?.name ?? id;

  const spoken = new WeakMap<Watched, Spoken>();
  const evidenceFor = (id: string): HealthEvidence | null => {
    const it = watched(id);
    if (it === null) return null;
    const state = watch.state(id);
    const standings = watch.standings(id);
    const known = spoken.get(it);
    if (known !== undefined && known.state === state && known.standings === standings) return known.evidence;
    const evidence = evidenceOf(it, state, standings);
    spoken.set(it, { state, standings, evidence });
    return evidence;
  };
  /** What rules are about, so that the journal can be asked how it was. */
  const insideOf = (id: string): JournalDetails => {
    const evidence = evidenceFor(id);
    return {
      cause: evidence?.failure?.kind ?? null,
      deadServices: evidence?.failedUnits.length ?? null,
      heartbeatStale: heartbeatStale(watch.standings(id)),
    };
  };
  /** What a person heard last of each machine. */
  const told = new Map<string, HealthStatus>();
  const watch = createHealthWatch({
    clock: ports.clock,
    log: ports.log,
    checks: ports.checks,
    skew: skewOf,
    watched,
    changed: (turn) => {
      const summary = tellingTurn(nameOf(turn.id), told.get(turn.id), turn);
      if (summary !== null) {
        told.set(turn.id, turn.after.status);
        ports.ledger.record([], {
          action: 'health.changed',
          actor: 'engine',
          machine: { id: turn.id, name: nameOf(turn.id) },
          summary,
          details: {
            status: turn.after.status,
            before: turn.before.status,
            method: turn.after.method,
            failures: turn.after.failures,
            ...insideOf(turn.id),
          },
        });
      }
      ports.announce(turn.id);
      ports.checked(turn.id);
    },
    rebooted: (id) => {
      ports.ledger.record([], {
        action: 'machine.rebooted',
        actor: 'engine',
        machine: { id, name: nameOf(id) },
        summary: `'${nameOf(id)}' restarted by itself between two checks.`,
      });
    },
  });

  const statusOf = ({ id, name }: { readonly id: string; readonly name: string }): WatchStatus => {
    const machine = machineOf(id);
    const host = hostOf(id);
    const remote = remoteOf(id);
    const config = keeper.of(name);
    const state = watch.health(id);
    const standings = watch.standings(id);
    const [deciding] = standings;
    const target =
      host !== undefined
        ? hostTarget(host, config, account)
        : config === undefined
          ? null
          : machine !== undefined
            ? machineTarget(machine, config, account)
            : remote === undefined
              ? null
              : remoteTarget(remote, config, account);
    return {
      machine: name,
      enabled: config?.enabled ?? host !== undefined,
      checkInterval: config?.check_interval_seconds ?? 60,
      sshFailures: state.sshFailures,
      sshThreshold: config?.ssh_failure_threshold ?? 3,
      lastCheck: state.lastCheck,
      lastStatus: state.status,
      reason: state.reason,
      advice: deciding?.result.advice ?? null,
      target: target === null ? null : `${target.user}@${target.host}:${target.port}`,
      checks: standings.map((standing) => reportOf(standing, config?.ssh_failure_threshold ?? 3)),
      policy: config?.restart_policy ?? 'never',
      dryRun: config?.dry_run ?? false,
      config: config ?? null,
    };
  };

  const change = async (reference: string, patch: WatchPatch, by: CallContext): Promise<WatchStatus> => {
    const found = ports.resolve(reference);
    const machine = machineOf(found.id);
    const next = patchedWatch(keeper.of(found.name), patch);
    if (next.enabled && machine !== undefined && next.ssh_host === undefined && next.ssh_port === undefined) {
      const leads = machine.record.config.forwards.some(({ guest }) => guest === 22);
      if (!leads && !hasOwnChecks(next)) {
        throw new VigilError(
          'bad-input',
          `Nothing leads to SSH of '${found.name}': it has no port forward to port 22.`,
          {
            field: 'ssh_port',
            hint: 'Name a host and port with --ssh-host and --ssh-port, give the machine a forward, or set another check.',
          },
        );
      }
    }
    await keeper.change(found.name, patch);
    ports.ledger.record([], {
      action: 'watch.changed',
      actor: 'user',
      machine: found,
      summary: next.enabled
        ? `'${found.name}' is watched every ${next.check_interval_seconds} s.`
        : `'${found.name}' is no longer watched.`,
      details: { user: by.user, face: by.face },
    });
    return statusOf(found);
  };

  let followed: ReadonlySet<string> = new Set();
  const watchedIds = (): readonly string[] => [
    ...ports
      .machines()
      .filter(({ record }) => keeper.of(record.name)?.enabled === true)
      .map(({ record }) => record.id),
    ...ports
      .remotes()
      .filter(({ name }) => keeper.of(name)?.enabled === true)
      .map(({ id }) => id),
    ...ports
      .hosts()
      .filter((host) => keeper.of(host.name)?.enabled !== false)
      .map((host) => host.id),
  ];

  const sync = (): void => {
    const ids = watchedIds();
    followed = new Set(ids);
    watch.sync(ids);
    for (const id of ids) watch.touch(id);
  };

  const check = async (id: string): Promise<HealthRound> => {
    const round = await watch.checkNow(id);
    const machine = nameOf(id);
    if (round === null) {
      const isThere = machineOf(id) !== undefined || remoteOf(id) !== undefined;
      const reason = isThere ? 'It does not run, or nobody asked to watch it.' : 'Nobody asked to watch it.';
      return { machine, status: 'not-applicable', reason, at: null, checks: [] };
    }
    const threshold = keeper.of(machine)?.ssh_failure_threshold ?? 3;
    const [deciding] = round.standings;
    return {
      machine,
      status: round.status,
      reason: round.status === 'healthy' ? null : (deciding?.result.reason ?? null),
      at: deciding === undefined ? null : isoTime(deciding.at),
      checks: round.standings.map((standing) => reportOf(standing, threshold)),
    };
  };

  return {
    health: watch.health,
    evidence: evidenceFor,
    standings: watch.standings,
    restarted: watch.restarted,
    bootSeen: watch.bootSeen,
    guestOf: (id) => {
      const result = watch.sshResult(id);
      const target = watched(id)?.target ?? null;
      if (result === null || target === null) return null;
      return result.kind === 'ok' ? { target } : { silence: result.reason };
    },
    isWatching: () => followed.size > 0,
    sync,
    failed: (id) => {
      told.set(id, 'unhealthy');
    },
    touch: (id) => {
      // One that has just come may have been asked for long before it was there.
      if (!followed.has(id) && watched(id) !== null) sync();
      else watch.touch(id);
    },
    stop: watch.stop,
    handlers: {
      'lifecycle.enable': ({ machine, watch: patch }, by) => change(machine, { ...patch, enabled: true }, by),
      'lifecycle.disable': ({ machine }, by) => change(machine, { enabled: false }, by),
      'lifecycle.status': ({ machine }) => {
        if (machine !== undefined) return [statusOf(ports.resolve(machine))];
        const all = [
          ...ports.machines().map(({ record }) => ({ id: record.id, name: record.name })),
          ...ports.remotes().map(({ id, name }) => ({ id, name })),
          ...ports.hosts().map(({ id, name }) => ({ id, name })),
        ];
        return all.filter(({ id, name }) => keeper.of(name) !== undefined || hostOf(id) !== undefined).map(statusOf);
      },
      'health.check': async ({ machine }) =>
        machine === undefined ? inParallel(watchedIds(), askedAtOnce, check) : [await check(ports.resolve(machine).id)],
    },
  };
}

function reportOf({ method, subject, state, result, at }: Standing, threshold: number): CheckReport {
  const { kind, reason, advice, durationMs } = result;
  return { method, subject, kind, reason, advice, at: isoTime(at), durationMs, failures: state.failures, threshold };
}

/** Spreads first checks by the id alone: the same machine comes at the same moment of every round. */
function skewOf(id: string): number {
  return (Number.parseInt(id.replaceAll('-', '').slice(-4), 16) || 0) / 65_536;
}

/** What a turn means to a person who last heard `told`; null for one that says nothing new. */
function tellingTurn(name: string, told: HealthStatus | undefined, { before, after }: HealthTurn): string | null {
  if (before.status === after.status) return null;
  switch (after.status) {
    case 'unhealthy':
      return `'${name}' is unhealthy: ${after.reason ?? 'its checks fail'}`;
    case 'degraded':
      return `'${name}' needs a look: ${after.reason ?? 'a check says so'}`;
    case 'healthy':
      return told === undefined || told === 'healthy' ? null : `'${name}' is healthy again.`;
    case 'unknown':
      // A new run that nobody has looked at yet is no news.
      return before.status === 'not-applicable' || after.lastCheckAt === null
        ? null
        : `Nobody can tell how '${name}' is: ${after.reason ?? 'no check got through'}`;
    case 'not-applicable':
      return null;
  }
}
