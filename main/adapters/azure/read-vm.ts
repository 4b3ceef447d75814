import type { AzureScope, AzureVm } from '../../engine/ports/azure.ts';

/** A machine as the library hands it over; whatever it says may be missing. */
export interface RawVm {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly location?: string | undefined;
  readonly vmId?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly provisioningState?: string | undefined;
  readonly hardwareProfile?: { readonly vmSize?: string | undefined } | undefined;
  readonly diagnosticsProfile?:
    | { readonly bootDiagnostics?: { readonly enabled?: boolean | undefined } | undefined }
    | undefined;
  readonly storageProfile?:
    | {
        readonly osDisk?:
          | {
              readonly osType?: string | undefined;
              readonly diskSizeGB?: number | undefined;
              readonly managedDisk?: { readonly id?: string | undefined } | undefined;
            }
          | undefined;
      }
    | undefined;
}

const place =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Compute\/virtualMachines\/([^/]+)$/i;
const mostTags = 64;
const longestTag = 512;

/** Null for what is no machine: without an id that names one nothing can be joined and nothing done. */
export function readVm(raw: RawVm, { subscription, tenant }: AzureScope): AzureVm | null {
  const parts = place.exec(raw.id ?? '');
  const [, own, group, name] = parts ?? [];
  if (raw.id === undefined || own === undefined || group === undefined || name === undefined) return null;
  if (own.toLowerCase() !== subscription.toLowerCase()) return null;
  const disk = raw.storageProfile?.osDisk;
  const os = disk?.osType?.toLowerCase();
  return {
    subscription,
    tenant,
    resourceId: raw.id,
    group,
    // What a person typed, where it is told: the id may have another spelling.
    name: raw.name?.toLowerCase() === name.toLowerCase() ? raw.name : name,
    region: (raw.location ?? '').toLowerCase().replaceAll(' ', ''),
    vmId: raw.vmId ?? null,
    size: raw.hardwareProfile?.vmSize ?? null,
    os: os === 'linux' || os === 'windows' ? os : null,
    tags: tagsOf(raw.tags),
    osDisk: disk?.managedDisk?.id ?? null,
    diskMib: typeof disk?.diskSizeGB === 'number' ? disk.diskSizeGB * 1024 : null,
    provisioning: raw.provisioningState ?? null,
    // Where nothing is said of it, it was never switched on.
    keepsConsole: raw.diagnosticsProfile?.bootDiagnostics?.enabled === true,
  };
}

function tagsOf(tags: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> {
  const entries = Object.entries(tags ?? {})
    .slice(0, mostTags)
    .map(([key, value]) => [key.slice(0, longestTag), String(value ?? '').slice(0, longestTag)] as const);
  return Object.fromEntries(entries);
}
