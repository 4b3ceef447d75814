import type { AlertVariableName } from '../../contract/alert-variables.ts';
import type { MachineState, WantedState } from '../../contract/machine.ts';
import type { AzureDesk } from '../azure/azure-desk.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { HealthDesk } from '../health/health-desk.ts';
import { type HealthEvidence, heartbeatStale } from '../health/health-evidence.ts';
import type { WatchKeeper } from '../health/watch-keeper.ts';
import type { Hosts } from '../hosts/hosts.ts';
import type { HostRecord } from '../ports/state-store.ts';
import type { AlertMachine } from './alert-grid.ts';
import type { AlertStory } from './alert-story.ts';

/** A machine of any kind, as far as alerts are concerned with it. */
export interface AlertSubject extends AlertMachine {
  /** It is meant not to run, and does not. */
  readonly isResting: boolean;
  /** Null where it cannot be told. */
  readonly conditions: Readonly<Partial<Record<AlertVariableName, number | null>>>;
  /** Reached through a network of which this computer is one end only. */
  readonly remoteHost: string | null;
  /** Something speaks against it now, whether it counts already or not. */
  readonly isFailing: boolean;
  /** Machines it depends on, as a person named them. */
  readonly parents: readonly string[];
  readonly maintenance: readonly string[];
  readonly checkIntervalMs: number;
}

export interface AlertedFleet {
  readonly fleet: Pick<Fleet, 'machines'>;
  readonly hosts: Pick<Hosts, 'all'>;
  readonly azure: Pick<AzureDesk, 'all' | 'view'>;
  readonly health: Pick<HealthDesk, 'health' | 'evidence' | 'standings'>;
  readonly keeper: Pick<WatchKeeper, 'of'>;
  readonly story: Pick<AlertStory, 'wasDown'>;
}

const usualIntervalMs = 60_000;

/** Every machine and host there is. */
export function alertSubjects({ fleet, hosts, azure, health, keeper, story }: AlertedFleet): readonly AlertSubject[] {
  const shared = (id: string, name: string) => {
    const watch = keeper.of(name);
    const evidence = health.evidence(id);
    return {
      id,
      name,
      remoteHost: evidence?.remoteHost ?? null,
      parents: watch?.depends_on ?? [],
      maintenance: watch?.maintenance ?? [],
      checkIntervalMs: evidence?.intervalMs ?? usualIntervalMs,
      evidence,
    };
  };
  const conditionsOf = (id: string, isDown: number | null, evidence: HealthEvidence | null) => ({
    machine_down: isDown,
    service_dead: evidence === null ? null : evidence.failedUnits.length,
    heartbeat_stale: heartbeatStale(health.standings(id)),
  });
  const machines = fleet
    .machines()
    .filter(({ record }) => record.deletedAt === undefined)
    .map((machine): AlertSubject => {
      const { record } = machine;
      const { evidence, ...rest } = shared(record.id, record.name);
      const isDown = machineDown(
        { ...record, wasDown: story.wasDown(record.id) },
        evidence,
        health.health(record.id).status,
      );
      return {
        ...rest,
        tags: record.config.tags,
        provider: record.provider,
        isResting: record.wanted !== 'running' && (record.state === 'stopped' || record.state === 'suspended'),
        conditions: conditionsOf(record.id, isDown, evidence),
        isFailing: isDown === 1 || (evidence?.failure ?? null) !== null,
      };
    });
  const remote = hosts.all().map((host: HostRecord): AlertSubject => {
    const { evidence, ...rest } = shared(host.id, host.name);
    const isDown = unreachable(evidence, health.health(host.id).status);
    return {
      ...rest,
      tags: [],
      provider: 'ssh',
      isResting: false,
      conditions: conditionsOf(host.id, isDown, evidence),
      isFailing: isDown === 1 || (evidence?.failure ?? null) !== null,
    };
  });
  const clouded = azure.all().map((machine): AlertSubject => {
    const { id, name, state, wanted, tags, provider } = azure.view(machine);
    const { evidence, ...rest } = shared(id, name);
    const isDown = machineDown({ state, wanted, wasDown: story.wasDown(id) }, evidence, health.health(id).status);
    return {
      ...rest,
      tags,
      provider,
      isResting: wanted !== 'running' && ['stopped', 'deallocated', 'suspended'].includes(state),
      conditions: conditionsOf(id, isDown, evidence),
      isFailing: isDown === 1 || (evidence?.failure ?? null) !== null,
    };
  });
  return [...machines, ...clouded, ...remote];
}

interface Power {
  readonly state: MachineState;
  readonly wanted: WantedState;
  readonly wasDown: boolean;
}

function machineDown(
  { state, wanted, wasDown }: Power,
  evidence: HealthEvidence | null,
  status: string,
): number | null {
  switch (state) {
    case 'failed':
      return 1;
    case 'stopped':
      return wanted === 'running' ? 1 : 0;
    case 'running':
      return unreachable(evidence, status);
    case 'paused':
    case 'suspended':
    case 'deallocated':
      return 0;
    case 'starting':
    case 'stopping':
      // Healing may be at it before anybody has looked: what was down is down until it runs.
      return wasDown && wanted === 'running' ? 1 : null;
    case 'creating':
    case 'deallocating':
    case 'unknown':
      return null;
  }
}

/** What counts; a failure that has not come often enough is none yet. */
function unreachable(evidence: HealthEvidence | null, status: string): number | null {
  if (evidence === null) return 0;
  if (status === 'unknown') return null;
  return status === 'unhealthy' && evidence.failure?.kind === 'unreachable' ? 1 : 0;
}
