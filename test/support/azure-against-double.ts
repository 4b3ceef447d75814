import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAzure } from '../../main/adapters/azure/azure.ts';
import { Settings } from '../../main/contract/settings.ts';
import type { Azure, AzureConfig } from '../../main/engine/ports/azure.ts';
import type { Clock } from '../../main/engine/ports/clock.ts';
import type { SettingsReading } from '../../main/engine/ports/settings-file.ts';
import type { Vault } from '../../main/engine/ports/vault.ts';
import type { AzureDouble } from './azure-double/azure-double.ts';
import { atBrowser, type Deed } from './azure-double/person-at-browser.ts';
import { MemorySettings } from './fake-ports.ts';
import { seededRandom } from './seeded-random.ts';

/** A vault that keeps in memory; `refuses`: like a desktop without a key store. */
export class MemoryVault implements Vault {
  readonly kept = new Map<string, string>();
  refuses = false;

  async refusal() {
    return this.refuses ? { message: 'This desktop has no key store.', hint: 'Install one.' } : null;
  }

  async read(name: string): Promise<string | null> {
    return this.kept.get(name) ?? null;
  }

  async write(name: string, text: string): Promise<void> {
    this.kept.set(name, text);
  }

  async forget(name: string): Promise<boolean> {
    return this.kept.delete(name);
  }
}

/** The real adapter, with the real libraries, signed in to the stand-in. */
export interface AzureAgainstDouble {
  readonly azure: Azure;
  readonly config: AzureConfig;
  readonly vault: MemoryVault;
  readonly home: string;
  /** What the person does with the page that is opened. */
  deed: Deed;
  /** Pages that were opened. */
  readonly opened: string[];
  close(): Promise<void>;
}

export const neverStopped = {
  aborted: false,
  reason: undefined,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
};

export async function azureAgainstDouble(
  double: AzureDouble & { readonly clock: Clock },
  parts: {
    readonly vault?: MemoryVault;
    readonly config?: Partial<AzureConfig>;
    readonly isSignedIn?: boolean;
    readonly clockAheadMs?: number;
  } = {},
): Promise<AzureAgainstDouble> {
  const home = mkdtempSync(path.join(tmpdir(), 'vigil-azure-'));
  const vault = parts.vault ?? new MemoryVault();
  const config: AzureConfig = { ...configFor(double, home), ...parts.config };
  const rig = { deed: 'sign-in' as Deed, opened: [] as string[] };
  const azure = createAzure({
    home,
    clock: {
      wallNow: () => double.clock.wallNow() + (parts.clockAheadMs ?? 0),
      monotonicNow: () => double.clock.monotonicNow(),
      after: (delayMs, action) => double.clock.after(delayMs, action),
    },
    log: { write: () => undefined },
    vault,
    processes: {
      find: async () => null,
      run: async () => {
        throw new Error('no program runs here');
      },
    },
    platform: 'linux',
    random: seededRandom(66).next,
    writeFile: async (file, text) => writeFileSync(file, text, { mode: 0o600 }),
    openBrowser: async (address) => {
      rig.opened.push(address);
      await atBrowser(address, double.ca, rig.deed);
    },
  });
  azure.configure(config);
  if (parts.isSignedIn !== false) {
    const answer = await azure.signIn.begin(() => undefined, neverStopped);
    if (!answer.ok) throw new Error(answer.fault.message);
  }
  return {
    azure,
    config,
    vault,
    home,
    get deed() {
      return rig.deed;
    },
    set deed(deed) {
      rig.deed = deed;
    },
    opened: rig.opened,
    close: async () => {
      await azure.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function configFor(double: AzureDouble, home: string): AzureConfig {
  const caFile = path.join(home, 'authority.pem');
  writeFileSync(caFile, double.ca);
  return {
    way: 'browser',
    cloud: 'custom',
    tenant: 'organizations',
    clientId: '33333333-3333-3333-3333-333333333333',
    keeping: 'vault',
    resourceManagerUrl: double.origin,
    signInUrl: double.origin,
    audience: 'https://management.azure.com',
    caFile,
  };
}

interface FurtherSettings {
  readonly refresh_seconds?: number;
  readonly subscriptions?: readonly string[];
}

/** A settings file that leads an engine to this stand-in, as it was read. */
export function readAgainstDouble({ config }: AzureAgainstDouble, further: FurtherSettings): SettingsReading {
  const azure = {
    sign_in: 'browser',
    cloud: 'custom',
    client_id: config.clientId,
    resource_manager_url: config.resourceManagerUrl,
    sign_in_url: config.signInUrl,
    audience: config.audience,
    ca_file: config.caFile,
    ...further,
  };
  return { settings: Settings.parse({ azure }), fault: null };
}

export function settingsAgainstDouble(rig: AzureAgainstDouble, further: FurtherSettings): MemorySettings {
  const settings = new MemorySettings();
  settings.reading = readAgainstDouble(rig, further);
  return settings;
}
