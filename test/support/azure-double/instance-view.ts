import { armTime } from './arm-time.ts';
import type { AzureMachine, PowerState } from './machine.ts';

/** What a machine is doing, as the service tells it: bare once it is deallocated, with agent and system while it is up. */
export function instanceView(machine: AzureMachine, offsetMinutes: number): Record<string, unknown> {
  const isInside = hasGuest(machine.power);
  const diskTime = armTime(machine.provisioning.at - 16, offsetMinutes);
  return {
    ...(isInside ? guestOf(machine, offsetMinutes) : {}),
    disks: [
      {
        name: osDiskName(machine),
        statuses: [
          {
            code: 'ProvisioningState/succeeded',
            level: 'Info',
            displayStatus: 'Provisioning succeeded',
            time: diskTime,
          },
        ],
      },
    ],
    ...(machine.hasBootDiagnostics ? { bootDiagnostics: {} } : {}),
    hyperVGeneration: 'V2',
    statuses: statuses(machine, offsetMinutes),
  };
}

/** Provisioning with its time, power without one, hibernation as a third: to be found by prefix, never by place. */
export function statuses(machine: AzureMachine, offsetMinutes: number): Record<string, unknown>[] {
  return [
    provisioningStatus(machine, offsetMinutes),
    ...(machine.power === '' ? [] : [powerStatus(machine.power)]),
    ...(machine.isHibernated
      ? [{ code: 'HibernationState/Hibernated', level: 'Info', displayStatus: 'VM hibernated' }]
      : []),
  ];
}

/** `Updating` while a change is under way, whatever was before. */
export function provisioningState(machine: AzureMachine): string {
  if (machine.operation === null) return machine.provisioning.state;
  return machine.operation.action === 'delete' ? 'Deleting' : 'Updating';
}

export function osDiskName({ name, vmId }: AzureMachine): string {
  return `${name}_OsDisk_1_${vmId.replaceAll('-', '')}`;
}

function provisioningStatus(machine: AzureMachine, offsetMinutes: number): Record<string, unknown> {
  const state = provisioningState(machine);
  const isFailed = state === 'Failed';
  const { code, at } = machine.provisioning;
  return {
    code: `ProvisioningState/${state.toLowerCase()}${isFailed && code !== null ? `/${code}` : ''}`,
    level: isFailed ? 'Error' : 'Info',
    displayStatus: state === 'Updating' || state === 'Deleting' ? state : `Provisioning ${state.toLowerCase()}`,
    ...(isFailed ? { message: 'The last change did not succeed.' } : {}),
    time: armTime(machine.operation?.startedAt ?? at, offsetMinutes),
  };
}

function powerStatus(power: PowerState): Record<string, unknown> {
  return { code: `PowerState/${power}`, level: 'Info', displayStatus: `VM ${power}` };
}

function hasGuest(power: PowerState): boolean {
  return power !== 'deallocated' && power !== 'deallocating' && power !== 'creating';
}

function guestOf(machine: AzureMachine, offsetMinutes: number): Record<string, unknown> {
  const isWindows = machine.os === 'Windows';
  return {
    computerName: machine.name,
    osName: isWindows ? 'Windows Server 2025 Datacenter' : 'ubuntu',
    osVersion: isWindows ? 'Microsoft Windows NT 10.0.26100.0' : '24.04',
    ...(machine.agent === 'none' ? {} : { vmAgent: agentOf(machine, offsetMinutes) }),
  };
}

function agentOf(machine: AzureMachine, offsetMinutes: number): Record<string, unknown> {
  const isReady = machine.agent === 'ready' && machine.isGuestUp;
  return {
    vmAgentVersion: isReady ? '2.11.1.12' : 'Unknown',
    statuses: [
      {
        code: `ProvisioningState/${isReady ? 'succeeded' : 'Unavailable'}`,
        level: isReady ? 'Info' : 'Warning',
        displayStatus: isReady ? 'Ready' : 'Not Ready',
        message: isReady ? 'Guest Agent is running' : 'VM status blob is found but not yet populated.',
        // The agent's own clock has whole seconds.
        time: armTime(machine.provisioning.at, offsetMinutes).replace(/\.\d+/, ''),
      },
    ],
    extensionHandlers: [],
  };
}
