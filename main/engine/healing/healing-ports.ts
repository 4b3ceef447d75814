import type { CallContext } from '../../contract/calls.ts';
import { WatchConfig } from '../../contract/lifecycle.ts';
import { createStopSource } from '../../contract/stop-signal.ts';
import type { AzureDesk } from '../azure/azure-desk.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { providedMachine } from '../fleet/fleet-context.ts';
import type { FleetMachine } from '../fleet/machine-view.ts';
import type { GuestDesk } from '../guest/guest-desk.ts';
import type { HealthDesk } from '../health/health-desk.ts';
import type { HealthEvidence } from '../health/health-evidence.ts';
import type { WatchKeeper } from '../health/watch-keeper.ts';
import type { Hosts } from '../hosts/hosts.ts';
import type { MachineProvider } from '../ports/machine-provider.ts';
import type { Ssh, SshTarget } from '../ports/ssh.ts';
import type { HealingPorts } from './healing-desk.ts';
import { hostPatient, machinePatient, remotePatient } from './patient.ts';
import { performRung, type RungPorts } from './perform-rung.ts';

export interface HealedFleet {
  readonly fleet: Fleet;
  readonly hosts: Hosts;
  readonly azure: Pick<AzureDesk, 'actedElsewhere' | 'all' | 'get' | 'remote' | 'verbs'>;
  readonly health: Pick<HealthDesk, 'evidence' | 'guestOf'>;
  readonly keeper: Pick<WatchKeeper, 'of'>;
  readonly guests: Pick<GuestDesk, 'describe' | 'agentAnswered'>;
  readonly provider: MachineProvider;
  readonly ssh: Ssh;
}

/** sshd by the name that every distribution knows it under. */
const sshUnit = 'sshd.service';

const isUnreachable = (evidence: HealthEvidence | null): boolean => evidence?.failure?.kind === 'unreachable';

/** Healing, joined to the machines there are and to the verbs a person has. */
export function createHealingPorts(parts: HealedFleet): Pick<
  HealingPorts,
  'ids' | 'patient' | 'kindOf' | 'evidence' | 'signsOfLife' | 'actedElsewhere' | 'means' | 'perform'
> & {
  readonly stop: () => void;
} {
  const { fleet, hosts, azure, health, keeper, guests, provider, ssh } = parts;
  const stopping = createStopSource();
  const machineOf = fleet.machine;
  const sshOf = (id: string): SshTarget | null => {
    const guest = health.guestOf(id);
    return guest !== null && 'target' in guest ? guest.target : null;
  };
  const agentAnswers = (id: string): boolean => {
    const machine = machineOf(id);
    return machine !== undefined && guests.agentAnswered(machine) !== null;
  };
  const local = (id: string): FleetMachine => {
    const machine = machineOf(id);
    if (machine === undefined) throw new Error(`there is no machine ${id}`);
    return machine;
  };
  const rungPorts: RungPorts = {
    ssh,
    signal: stopping.signal,
    sshOf,
    agentAnswers,
    runByAgent: (id, program, args, timeoutMs) =>
      provider.guest.run(providedMachine(local(id)), program, args, timeoutMs),
    rebootByAgent: (id) => provider.guest.reboot(providedMachine(local(id))),
    start: async (id, by: CallContext) => {
      const remote = azure.get(id);
      return remote === undefined
        ? fleet.handlers['machine.start']({ machine: id }, by)
        : azure.verbs.start(remote, by);
    },
    restart: async (id, force, by) => {
      const remote = azure.get(id);
      if (remote === undefined) return fleet.handlers['machine.restart']({ machine: id, force }, by);
      return azure.verbs.restart(remote, by);
    },
    revert: async (id, snapshot, by) => fleet.handlers['snapshot.revert']({ machine: id, snapshot, memory: true }, by),
    waitFor: async (operation) => fleet.handlers['operation.wait']({ operation }, { user: '', face: 'engine' }),
    isRunning: (id) => (machineOf(id)?.run ?? null) !== null || azure.remote(id)?.state === 'running',
  };
  return {
    ids: () => [
      ...fleet.machines().map(({ record }) => record.id),
      ...azure.all().map(({ record }) => record.id),
      ...hosts.all().map(({ id }) => id),
    ],
    patient: (id) => {
      const machine = machineOf(id);
      if (machine !== undefined) return machinePatient(machine, keeper.of(machine.record.name));
      const remote = azure.remote(id);
      if (remote !== undefined) return remotePatient(remote, keeper.of(remote.name));
      const host = hosts.get(id);
      return host === undefined ? null : hostPatient(host, keeper.of(host.name) ?? WatchConfig.parse({}));
    },
    kindOf: (id) => (hosts.get(id) !== undefined ? 'ssh' : azure.get(id) !== undefined ? 'azure' : 'qemu'),
    evidence: health.evidence,
    signsOfLife: async (id, since) => {
      const machine = machineOf(id);
      if (machine === undefined) return [];
      await guests.describe(machine);
      const answeredAt = guests.agentAnswered(machine);
      return answeredAt !== null && answeredAt > since ? ['Its guest agent answers.'] : [];
    },
    actedElsewhere: azure.actedElsewhere,
    means: (patient, evidence) => ({
      reachesInside: sshOf(patient.id) !== null || agentAnswers(patient.id),
      // Where SSH itself answers it is not sshd that is sick.
      unit: evidence?.failedUnits[0] ?? (isUnreachable(evidence) && sshOf(patient.id) === null ? sshUnit : null),
    }),
    perform: (rung, patient, means, by) => performRung(rungPorts, rung, patient, means, by),
    stop: () => stopping.stop('stopped'),
  };
}
