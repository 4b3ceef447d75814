import { armTime } from './arm-time.ts';
import { instanceView, osDiskName, provisioningState, statuses } from './instance-view.ts';
import type { AzureMachine } from './machine.ts';

/** The service writes ids in the case it likes best that day. */
export type Casing = 'as made' | 'loud group' | 'small';

export function machineId({ id, group }: AzureMachine, casing: Casing): string {
  if (casing === 'small') return id.toLowerCase();
  return casing === 'as made' ? id : id.replace(`/resourceGroups/${group}/`, `/resourceGroups/${group.toUpperCase()}/`);
}

/** A machine as get and list print it; the view only when it was asked for. */
export function machineModel(
  machine: AzureMachine,
  casing: Casing,
  offsetMinutes: number,
  withView = false,
): Record<string, unknown> {
  const inGroup = `/subscriptions/${machine.subscriptionId}/resourceGroups/${machine.group}/providers`;
  const isWindows = machine.os === 'Windows';
  return {
    name: machine.name,
    id: machineId(machine, casing),
    type: 'Microsoft.Compute/virtualMachines',
    location: machine.region,
    tags: { ...machine.tags },
    properties: {
      hardwareProfile: { vmSize: machine.size },
      provisioningState: provisioningState(machine),
      vmId: machine.vmId,
      storageProfile: {
        imageReference: isWindows
          ? {
              publisher: 'MicrosoftWindowsServer',
              offer: 'WindowsServer',
              sku: '2025-datacenter-g2',
              version: 'latest',
            }
          : { publisher: 'Canonical', offer: 'ubuntu-24_04-lts', sku: 'server', version: 'latest' },
        osDisk: {
          osType: machine.os,
          name: osDiskName(machine),
          createOption: 'FromImage',
          caching: 'ReadWrite',
          managedDisk: {
            storageAccountType: 'Premium_LRS',
            id: `${inGroup}/Microsoft.Compute/disks/${osDiskName(machine)}`,
          },
          deleteOption: 'Detach',
          diskSizeGB: 30,
        },
        dataDisks: [],
      },
      osProfile: {
        computerName: machine.name,
        adminUsername: 'dev',
        ...(isWindows
          ? { windowsConfiguration: { provisionVMAgent: true, enableAutomaticUpdates: true } }
          : { linuxConfiguration: { disablePasswordAuthentication: true, provisionVMAgent: true } }),
        secrets: [],
        allowExtensionOperations: true,
        requireGuestProvisionSignal: true,
      },
      networkProfile: {
        networkInterfaces: [
          {
            id: `${inGroup}/Microsoft.Network/networkInterfaces/${machine.name}-nic`,
            properties: { primary: true },
          },
        ],
      },
      ...(machine.hasBootDiagnostics ? { diagnosticsProfile: { bootDiagnostics: { enabled: true } } } : {}),
      ...(withView ? { instanceView: instanceView(machine, offsetMinutes) } : {}),
      timeCreated: armTime(machine.createdAt, offsetMinutes),
    },
    etag: `"${machine.etag}"`,
  };
}

/** A machine in a list with statusOnly: who and where it is and what it does, nothing else. */
export function machineStatus(machine: AzureMachine, offsetMinutes: number): Record<string, unknown> {
  const all = statuses(machine, offsetMinutes);
  return {
    name: machine.name,
    id: machineId(machine, 'loud group'),
    type: 'Microsoft.Compute/virtualMachines',
    location: machine.region,
    properties: {
      provisioningState: provisioningState(machine),
      instanceView: {
        statuses: machine.isPowerInStatusList ? all : all.filter(({ code }) => !String(code).startsWith('PowerState/')),
      },
    },
  };
}
