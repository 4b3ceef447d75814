import { readFile } from 'node:fs/promises';
import type { TokenCredential } from '@azure/core-auth';
import { VigilError } from '../../contract/failure.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Azure, AzureAnswer, AzureConfig, AzureFault } from '../../engine/ports/azure.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Log } from '../../engine/ports/log.ts';
import type { Processes } from '../../engine/ports/processes.ts';
import type { Vault } from '../../engine/ports/vault.ts';
import { createArmClients } from './arm-clients.ts';
import { ArmTrouble } from './arm-policy.ts';
import { createCliSignIn } from './cli-sign-in.ts';
import { type Cloud, cloudOf } from './clouds.ts';
import { faultOf } from './fault-of.ts';
import { createInsight } from './insight.ts';
import { createInventory } from './inventory.ts';
import { createLimiter } from './limiter.ts';
import { metricsHost } from './metrics-host.ts';
import { createMsalSignIn } from './msal-sign-in.ts';
import { createOrders } from './orders.ts';
import { isOwnStore } from './store-hosts.ts';
import { createTokenKeeper } from './token-keeper.ts';
import type { TokenSource } from './token-source.ts';
import { createTokens } from './tokens.ts';
import { troubleOf } from './trouble-of.ts';
import type { Trust } from './trust.ts';

export interface AzureOptions {
  readonly home: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly vault: Vault;
  readonly processes: Pick<Processes, 'find' | 'run'>;
  readonly platform: NodeJS.Platform;
  /** From 0 to below 1. */
  random(): number;
  writeFile(file: string, text: string): Promise<void>;
  openBrowser(address: string): Promise<void>;
}

const off: AzureConfig = {
  way: 'none',
  cloud: 'public',
  tenant: 'organizations',
  clientId: '',
  keeping: 'vault',
  resourceManagerUrl: '',
  signInUrl: '',
  audience: '',
  caFile: '',
};

/** Azure by Microsoft's own libraries. None of them is loaded before it is needed. */
export function createAzure(options: AzureOptions): Azure {
  const { clock, log } = options;
  let config = off;
  let clockAheadMs: number | null = null;
  const cloud = (): Cloud => cloudOf(config);
  /** One object for as long as it holds: the library keeps its connections by it. */
  let trust: Promise<Trust | null> | null = null;
  const trusted = (): Promise<Trust | null> => {
    trust ??= readTrust(config.caFile).catch((error) => {
      trust = null;
      throw error;
    });
    return trust;
  };
  const limiter = createLimiter(clock, options.random);
  const keeper = createTokenKeeper({ ...options, keeping: () => config.keeping });
  const byMsal = createMsalSignIn({ keeper, config: () => config, cloud, trusted, openBrowser: options.openBrowser });
  const byCli = createCliSignIn({ ...options, config: () => config, cloud });
  let source: TokenSource = byMsal;
  const tokens = createTokens({ clock, source: () => source });

  const sentence = (error: unknown, signal: StopSignal): AzureFault => {
    const trouble = troubleOf(error, { signal, clockAheadMs, wallNowMs: clock.wallNow() });
    // A token that was refused is asked for anew the next time; that of another tenant would be no better.
    if (trouble.status === 401 && !/tenant/i.test(trouble.code ?? '')) tokens.spoil();
    log.write('debug', 'azure', 'a call did not succeed', { code: trouble.code, status: trouble.status });
    return faultOf(trouble);
  };
  const answered = async <T>(signal: StopSignal, work: () => Promise<T>): Promise<AzureAnswer<T>> => {
    try {
      return { ok: true, value: await work() };
    } catch (error) {
      return { ok: false, fault: sentence(error, signal) };
    }
  };
  const credential = (tenant: string): TokenCredential => ({
    getToken: async (_scopes, { claims } = {}) => {
      const { token, expiresAt } = await tokens.of(tenant, claims ?? null);
      return { token, expiresOnTimestamp: expiresAt };
    },
  });
  const clients = createArmClients({
    clock,
    limiter,
    cloud,
    metricsHost: (region) => metricsHost(config, cloud(), region),
    trusted,
    credential,
    clockSeen: (aheadMs) => {
      clockAheadMs = aheadMs;
    },
  });
  const homeTenant = async (): Promise<string> => {
    const account = await source.account();
    if (account === null) throw new ArmTrouble('VIGIL_SIGNED_OUT', 'Nobody is signed in to Azure.');
    return account.tenant;
  };
  const closing = new AbortController();

  return {
    configure: (next) => {
      const isOther = JSON.stringify(next) !== JSON.stringify(config);
      config = next;
      if (!isOther) return;
      source = next.way === 'cli' ? byCli : byMsal;
      trust = null;
      byMsal.configured();
      tokens.forget();
      clockAheadMs = null;
    },
    signIn: {
      account: () => (config.way === 'none' ? Promise.resolve(null) : source.account()),
      begin: (told, signal) =>
        answered(signal, async () => {
          tokens.forget();
          return source.begin(told, eitherOf(signal, closing.signal));
        }),
      probe: (signal) =>
        answered(signal, async () => {
          await tokens.of(await homeTenant(), null);
          return null;
        }),
      end: async () => {
        tokens.forget();
        await source.end();
      },
    },
    insight: createInsight({
      clock,
      clients,
      manager: () => cloud().resourceManager,
      trusted,
      isOwnStore: (address) => isOwnStore(config, cloud(), address),
      azureNow: () => clock.wallNow() - (clockAheadMs ?? 0),
      faultOf: sentence,
    }),
    ...createInventory({ clients, faultOf: sentence, homeTenant }),
    ...createOrders({ clients, faultOf: sentence }),
    clockAheadMs: () => clockAheadMs,
    close: async () => closing.abort(),
  };
}

async function readTrust(file: string): Promise<Trust | null> {
  if (file === '') return null;
  try {
    return { ca: await readFile(file, 'utf8') };
  } catch (error) {
    throw new VigilError('bad-input', `The certificates in ${file} cannot be read.`, {
      field: 'azure.ca_file',
      cause: error,
    });
  }
}

function eitherOf(one: StopSignal, other: AbortSignal): StopSignal {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  for (const each of [one, other]) {
    if (each.aborted) stop();
    else each.addEventListener('abort', stop, { once: true });
  }
  return controller.signal;
}
