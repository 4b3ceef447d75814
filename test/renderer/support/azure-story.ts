import type { AzureMachineFacts, AzureStatus, AzureSubscription } from '../../../main/contract/azure.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { machineOf, storyNow } from './fleet-story.ts';

function before(seconds: number): string {
  return new Date(storyNow - seconds * 1000).toISOString();
}

const production = '7c1f2b1e-0d5f-4a55-9d0e-6f1f3f0f9a01';
const sandbox = '1b6a9f5c-3f0c-4d0b-8f0d-2f4b7a5c9b02';

/** A machine of Azure that runs, changed as the test needs it. */
export function azureMachine(
  number: number,
  name: string,
  change: Partial<Machine> = {},
  facts: Partial<AzureMachineFacts> = {},
): Machine {
  const group = facts.resourceGroup ?? 'rg-web';
  return machineOf(number, name, {
    provider: 'azure',
    state: 'running',
    wanted: 'running',
    region: 'westeurope',
    size: 'Standard_D2s_v5',
    cpus: null,
    memoryMib: null,
    diskMib: 30_720,
    group,
    tags: ['env=prod'],
    capabilities: [
      'stop',
      'restart',
      'deallocate',
      'redeploy',
      'resize',
      'run-command',
      'snapshot',
      'tag',
      'delete',
      'protect',
    ],
    ...change,
    azure: {
      resourceId: `/subscriptions/${production}/resourceGroups/${group}/providers/Microsoft.Compute/virtualMachines/${name}`,
      subscription: production,
      resourceGroup: group,
      session: null,
      os: 'linux',
      console: true,
      power: 'running',
      provisioning: 'Succeeded',
      billed: true,
      idle: null,
      cost: null,
      observedAt: before(20),
      trouble: null,
      ...facts,
    },
  });
}

/** Stopped in the guest, and paid for all the same. */
export const billedMachine = azureMachine(
  202,
  'batch-7',
  {
    state: 'stopped',
    wanted: 'stopped',
    capabilities: ['start', 'deallocate', 'redeploy', 'resize', 'snapshot', 'tag', 'delete', 'protect'],
  },
  { power: 'stopped', session: 'nightly', resourceGroup: 'rg-batch' },
);

export const azureMachines: readonly Machine[] = [
  azureMachine(
    201,
    'web-eu-1',
    {},
    {
      session: 'shop',
      cost: { amount: 48.137, currency: 'EUR', since: '2026-03-01', readAt: before(9000) },
      idle: 'Its CPU stayed under 5 % for 7 days, 3.2 % in the busiest hour: it could be deallocated while nobody needs it.',
    },
  ),
  billedMachine,
  azureMachine(
    203,
    'gpu-lab',
    {
      state: 'deallocated',
      wanted: 'stopped',
      size: 'Standard_NC6s_v3',
      capabilities: ['start', 'resize', 'snapshot', 'tag', 'delete', 'protect'],
    },
    { power: 'deallocated', billed: false, resourceGroup: 'rg-lab', console: false },
  ),
  azureMachine(
    204,
    'api-us-2',
    { state: 'unknown', region: 'eastus2', capabilities: ['protect'] },
    {
      billed: null,
      observedAt: before(1500),
      trouble: 'Azure asks this computer to wait: too many requests.',
    },
  ),
  azureMachine(205, 'web-eu-2', { state: 'deallocating', capabilities: [] }, { power: 'deallocating', billed: false }),
];

export const storySubscriptions: readonly AzureSubscription[] = [
  {
    id: production,
    name: 'Production',
    tenant: 'contoso.onmicrosoft.com',
    state: 'Enabled',
    chosen: true,
    machines: 5,
    readAt: before(130),
    trouble: null,
  },
  {
    id: sandbox,
    name: 'Sandbox',
    tenant: 'contoso.onmicrosoft.com',
    state: 'Enabled',
    chosen: false,
    machines: 0,
    readAt: null,
    trouble: null,
  },
];

/** Nothing of Azure is wanted yet. */
export const signedOut: AzureStatus = {
  state: 'off',
  reason: null,
  hint: null,
  way: null,
  cloud: 'public',
  account: null,
  tenant: null,
  kept: null,
  clockAheadSeconds: null,
  subscriptions: [],
};

export const signedIn: AzureStatus = {
  ...signedOut,
  state: 'signed-in',
  way: 'browser',
  account: 'ada@contoso.example',
  tenant: 'contoso.onmicrosoft.com',
  kept: 'vault',
  clockAheadSeconds: 0,
  subscriptions: storySubscriptions,
};

/** What the end of a console says that nobody answers behind. */
export const storyBootLog = [
  'Ubuntu 24.04.2 LTS web-eu-1 ttyS0',
  '',
  'web-eu-1 login: [  902.114008] Out of memory: Killed process 2217 (node) total-vm:8122340kB, anon-rss:7310020kB',
  '[  902.360112] oom_reaper: reaped process 2217 (node), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB',
  '[  911.204413] EXT4-fs error (device sda1): ext4_find_entry:1683: inode #1847: comm sshd: reading directory lblock 0',
  '[  911.204902] Aborting journal on device sda1-8.',
  '[  911.205771] EXT4-fs (sda1): Remounting filesystem read-only',
  '[  915.881020] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000007',
  '[  915.881633] CPU: 1 PID: 1 Comm: systemd Not tainted 6.8.0-1021-azure #25-Ubuntu',
  '[  915.882190] Call Trace:',
  '[  915.882377]  <TASK>',
  '[  915.882549]  dump_stack_lvl+0x76/0xa0',
  '[  915.882812]  panic+0x35c/0x3c0',
  '[  915.883046]  do_exit+0xa8b/0xab0',
  '[  915.883299] ---[ end Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000007 ]---',
].join('\r\n');
