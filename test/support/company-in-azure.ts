import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type AzureDouble, startAzureDouble } from './azure-double/azure-double.ts';
import type { AzureMachine, MachineOptions } from './azure-double/machine.ts';
import type { MovableClock } from './azure-double/movable-clock.ts';
import type { AzureSubscription } from './azure-double/subscription.ts';

/** A company of sixty machines in two subscriptions of the stand-in. */
export interface CompanyInAzure {
  readonly double: AzureDouble & { readonly clock: MovableClock };
  readonly production: AzureSubscription;
  readonly sandbox: AzureSubscription;
  machine(name: string): AzureMachine;
  /** How often an action was asked for, refused ones too. */
  asked(name: string, action: string): number;
  /** Everything that was asked of the machine that changes it: method and the end of the path. */
  changesOf(name: string): readonly string[];
}

const wave = (base: number, swing: number, phase: number) => (minute: number) =>
  base + swing * Math.sin((minute + phase) / 17);

/** So many machines `name-01`, `name-02`... of a group. */
function some(count: number, name: string, options: MachineOptions): readonly MachineOptions[] {
  return Array.from({ length: count }, (_, index) => ({
    ...options,
    name: `${name}-${String(index + 1).padStart(2, '0')}`,
  }));
}

const productionFleet: readonly MachineOptions[] = [
  ...some(12, 'shop-web', {
    group: 'rg-shop',
    region: 'westeurope',
    size: 'Standard_D2s_v5',
    tags: { env: 'prod', team: 'shop' },
  }),
  ...some(4, 'shop-db', {
    group: 'rg-shop',
    region: 'westeurope',
    size: 'Standard_E4s_v5',
    tags: { env: 'prod', team: 'shop' },
  }),
  ...some(12, 'batch', { group: 'rg-batch', region: 'northeurope', size: 'Standard_D8s_v5', tags: { env: 'prod' } }),
  ...some(12, 'edge-us', { group: 'rg-edge', region: 'eastus', size: 'Standard_B2ms', tags: { env: 'prod' } }),
];

const sandboxFleet: readonly MachineOptions[] = [
  ...some(8, 'dev-ada', {
    group: 'rg-dev',
    region: 'westeurope',
    size: 'Standard_B2s',
    tags: { 'azlin-session': 'ada', owner: 'ada' },
  }),
  ...some(8, 'dev-grace', { group: 'rg-dev', region: 'westeurope', size: 'Standard_B2s', tags: { owner: 'grace' } }),
  ...some(4, 'gpu-lab', { group: 'rg-lab', region: 'eastus', size: 'Standard_D8s_v5', tags: { lab: '' } }),
];

/** Not as the others: off and paid for, off and not paid for, asleep. */
const states: Readonly<Record<string, 'stopped' | 'deallocated'>> = {
  'batch-11': 'stopped',
  'batch-12': 'deallocated',
  'dev-grace-07': 'deallocated',
  'dev-grace-08': 'deallocated',
  'gpu-lab-03': 'deallocated',
  'gpu-lab-04': 'deallocated',
};

/** Long operations end at once for whoever asks by and by. */
const shortMs = 1500;

export async function companyInAzure(): Promise<CompanyInAzure> {
  const double = await startAzureDouble();
  const { world, login } = double;
  login.deviceIntervalSeconds = 1;
  for (const action of ['start', 'powerOff', 'deallocate', 'restart'] as const) world.durations[action] = shortMs;
  const production = world.addSubscription({ name: 'Production' });
  const sandbox = world.addSubscription({ name: 'Sandbox' });
  const fill = (subscription: AzureSubscription, fleet: readonly MachineOptions[]): void => {
    for (const [index, options] of fleet.entries()) {
      const machine = subscription.addMachine({ ...options, powerState: states[options.name ?? ''] ?? 'running' });
      machine.privateAddress = `10.1.${fleet === productionFleet ? 0 : 1}.${index + 4}`;
      const isBusy = /^(shop|edge)/.test(machine.name);
      machine.metrics.set('percentage cpu', wave(isBusy ? 38 : 9, isBusy ? 24 : 6, index * 31));
      machine.metrics.set('available memory percentage', wave(isBusy ? 41 : 72, 8, index * 53));
    }
  };
  fill(production, productionFleet);
  fill(sandbox, sandboxFleet);
  return {
    double,
    production,
    sandbox,
    machine: (name) => world.machine(name),
    asked: (name, action) => world.machine(name).actions.filter((one) => one.action === action).length,
    changesOf: (name) => {
      const place = `${world.machine(name).id.toLowerCase()}/`;
      return double.requests.flatMap(({ method, path: asked }) =>
        method !== 'GET' && asked.toLowerCase().startsWith(place) ? [`${method} ${asked.slice(place.length)}`] : [],
      );
    },
  };
}

/** Makes Vigil, at its next start, take the stand-in for Azure. `more`: further lines of the settings file. */
export function settleFor({ double }: Pick<CompanyInAzure, 'double'>, home: string, more = ''): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const authority = path.join(home, 'authority.pem');
  writeFileSync(authority, double.ca);
  const azure = {
    cloud: 'custom',
    client_id: '33333333-3333-4333-8333-333333333333',
    resource_manager_url: double.origin,
    sign_in_url: double.origin,
    audience: 'https://management.azure.com',
    ca_file: authority,
  };
  const lines = Object.entries(azure).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  const text = `[azure]\nrefresh_seconds = 30\n${lines.join('\n')}\n${more}`;
  writeFileSync(path.join(home, 'settings.toml'), text, { mode: 0o600 });
}
