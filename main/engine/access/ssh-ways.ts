import type { Handlers } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import { WatchConfig } from '../../contract/lifecycle.ts';
import type { MachineState } from '../../contract/machine.ts';
import type { AzureDesk } from '../azure/azure-desk.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { WatchKeeper } from '../health/watch-keeper.ts';
import { hostTarget, machineTarget, remoteTarget } from '../health/watched-machine.ts';
import type { Hosts } from '../hosts/hosts.ts';
import type { Ssh } from '../ports/ssh.ts';
import { sshWay } from './ssh-way.ts';

export interface SshWaysPorts {
  readonly fleet: Pick<Fleet, 'resolve'>;
  readonly hosts: Pick<Hosts, 'find'>;
  readonly azure: Pick<AzureDesk, 'find' | 'remote'>;
  readonly keeper: Pick<WatchKeeper, 'of'>;
  readonly ssh: Pick<Ssh, 'layOutHostKeys'>;
  /** Account that runs Vigil. */
  readonly account: string;
  /** The data home. */
  readonly home: string;
}

/** Azure's own states in which nobody can answer; an old or unclear state is no reason not to try. */
const asleep: ReadonlySet<MachineState> = new Set(['stopped', 'deallocated', 'suspended']);

/** How a person gets into a machine. Whether somebody answers there is found out by going. */
export function createSshWays(ports: SshWaysPorts): Pick<Handlers, 'ssh.target'> {
  return {
    'ssh.target': async ({ machine: reference }) => {
      // Their client would make the file as open as their umask lets it.
      await ports.ssh.layOutHostKeys();
      const host = ports.hosts.find(reference);
      if (host !== undefined) {
        return sshWay(host.name, hostTarget(host, ports.keeper.of(host.name), ports.account), ports.home);
      }
      const remote = ports.azure.find(reference);
      const known = remote === undefined ? undefined : ports.azure.remote(remote.record.id);
      if (known !== undefined) {
        const { name, state } = known;
        if (asleep.has(state)) throw doesNotRun(name);
        const target = remoteTarget(known, ports.keeper.of(name) ?? WatchConfig.parse({}), ports.account);
        if (target !== null) return sshWay(name, target, ports.home);
        throw new VigilError('refused', `Azure tells no address of '${name}'.`, {
          field: 'machine',
          hint: `Give it a public address, or say where SSH answers with \`vigil lifecycle enable ${name} --ssh-host H\`.`,
        });
      }
      const machine = ports.fleet.resolve(reference);
      const { name } = machine.record;
      if (machine.run === null) throw doesNotRun(name);
      const target = machineTarget(machine, ports.keeper.of(name) ?? WatchConfig.parse({}), ports.account);
      if (target === null) {
        throw new VigilError('refused', `Nothing leads to SSH of '${name}': it has no port forward to port 22.`, {
          field: 'machine',
          hint: 'Give it a forward to port 22, or say where SSH answers with `vigil lifecycle enable NAME --ssh-host H`.',
        });
      }
      return sshWay(name, target, ports.home);
    },
  };
}

function doesNotRun(name: string): VigilError {
  return new VigilError('conflict', `'${name}' does not run.`, {
    field: 'machine',
    hint: `Start it with \`vigil start ${name}\`.`,
  });
}
