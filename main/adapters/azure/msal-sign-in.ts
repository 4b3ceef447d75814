import type {
  AccountInfo,
  AuthenticationResult,
  Configuration,
  DeviceCodeRequest,
  PublicClientApplication,
} from '@azure/msal-node';
import { VigilError } from '../../contract/failure.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { AzureAccount, AzureConfig, AzurePrompt } from '../../engine/ports/azure.ts';
import { ArmTrouble } from './arm-policy.ts';
import type { Cloud } from './clouds.ts';
import { createMsalNetwork } from './msal-network.ts';
import type { TokenKeeper } from './token-keeper.ts';
import type { AccessToken, TokenSource } from './token-source.ts';
import type { Trust } from './trust.ts';

export interface MsalSignInPorts {
  readonly keeper: TokenKeeper;
  config(): AzureConfig;
  cloud(): Cloud;
  trusted(): Promise<Trust | null>;
  /** Opens a page in the person's own browser. May reject: the address is told as well. */
  openBrowser(address: string): Promise<void>;
}

/** How long a person may take. */
const browserMs = 600_000;
const deviceCodeMs = 900_000;

/** Signs a person in by Microsoft's library: in their own browser, or by a code on another device. */
export function createMsalSignIn(ports: MsalSignInPorts): TokenSource & {
  /** Another cloud, tenant or registration counts from now on. */
  configured(): void;
} {
  const { keeper, config, cloud } = ports;
  let app: Promise<PublicClientApplication> | null = null;
  /** Why the last request of the library came to nothing: it hides that behind words of its own. */
  let broken: unknown = null;

  const make = async (): Promise<PublicClientApplication> => {
    const { clientId, tenant } = config();
    if (clientId === '') throw withoutClient();
    const { PublicClientApplication } = await import('@azure/msal-node');
    const network = createMsalNetwork({
      trusted: ports.trusted,
      failed: (error) => {
        broken = error;
      },
    });
    // The library takes what it was handed last for the truth, also over what it holds itself.
    let latest: string | null | undefined;
    return new PublicClientApplication({
      auth: { clientId, clientCapabilities: ['CP1'], ...authorityOf(cloud(), tenant) },
      cache: {
        cachePlugin: {
          beforeCacheAccess: async ({ tokenCache }) => {
            latest ??= await keeper.read();
            if (latest !== null) tokenCache.deserialize(latest);
          },
          afterCacheAccess: async ({ cacheHasChanged, tokenCache }) => {
            if (!cacheHasChanged) return;
            latest = tokenCache.serialize();
            await keeper.write(latest);
          },
        },
      },
      system: { networkClient: network },
    });
  };
  const present = (): Promise<PublicClientApplication> => {
    app ??= make().catch((error) => {
      app = null;
      throw error;
    });
    return app;
  };
  const firstAccount = async (): Promise<AccountInfo | null> => (await (await present()).getAllAccounts())[0] ?? null;
  const accountOf = async ({ username, tenantId, name }: AccountInfo): Promise<AzureAccount> => ({
    name: username || name || 'an account without a name',
    tenant: tenantId,
    kept: await keeper.kept(),
  });
  const signedIn = async (result: AuthenticationResult | null): Promise<AzureAccount> => {
    if (result?.account == null) throw signedOut('The sign-in ended without an account.');
    return accountOf(result.account);
  };
  /** The library's own words for what happened on the wire say less than the wire did. */
  const asking = async <T>(work: () => Promise<T>): Promise<T> => {
    broken = null;
    try {
      return await work();
    } catch (error) {
      throw broken ?? meaningOf(error);
    }
  };

  /** Two refreshes at once would each write down a state without the other. */
  let working: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = working.then(() => asking(work));
    working = done.catch(() => undefined);
    return done;
  };

  return {
    account: async () => {
      if (config().clientId === '') return null;
      const account = await firstAccount();
      return account === null ? null : accountOf(account);
    },
    begin: (told, signal) =>
      asking(async () => {
        const scopes = [cloud().scope];
        const library = await present();
        return signedIn(
          config().way === 'device-code'
            ? await byDeviceCode(library, scopes, told, signal)
            : await inBrowser(library, scopes, told, signal, ports.openBrowser),
        );
      }),
    token: (tenant, { fresh, claims }) =>
      inTurn(async (): Promise<AccessToken> => {
        const account = await firstAccount();
        if (account === null) throw signedOut('Nobody is signed in to Azure.');
        const result = await (await present()).acquireTokenSilent({
          scopes: [cloud().scope],
          // The library looks for a token of the tenant that the account names, whatever the authority says.
          account: { ...account, tenantId: tenant },
          authority: `${cloud().signIn}/${tenant}`,
          forceRefresh: fresh,
          ...(claims === null ? {} : { claims }),
        });
        return { token: result.accessToken, expiresAt: result.expiresOn?.getTime() ?? 0 };
      }),
    end: async () => {
      app = null;
      await keeper.forget();
    },
    configured: () => {
      app = null;
    },
  };
}

async function inBrowser(
  app: PublicClientApplication,
  scopes: string[],
  told: (prompt: AzurePrompt) => void,
  signal: StopSignal,
  openBrowser: (address: string) => Promise<void>,
): Promise<AuthenticationResult> {
  let page: string | null = null;
  const flow = app.acquireTokenInteractive({
    scopes,
    prompt: 'select_account',
    successTemplate: 'You are signed in. This page can be closed.',
    errorTemplate: 'The sign-in did not succeed. This page can be closed.',
    openBrowser: async (address) => {
      page = address;
      told({ address, code: null, lifeMs: browserMs });
      await openBrowser(address).catch(() => undefined);
    },
  });
  return limited(flow, browserMs, signal, () => {
    if (page !== null) void decline(page);
  });
}

async function byDeviceCode(
  app: PublicClientApplication,
  scopes: string[],
  told: (prompt: AzurePrompt) => void,
  signal: StopSignal,
): Promise<AuthenticationResult | null> {
  const wish: DeviceCodeRequest = {
    scopes,
    deviceCodeCallback: ({ verificationUri, userCode, expiresIn }) =>
      told({ address: verificationUri, code: userCode, lifeMs: Math.min(expiresIn * 1000, deviceCodeMs) }),
  };
  return limited(app.acquireTokenByDeviceCode(wish), deviceCodeMs, signal, () => {
    wish.cancel = true;
  });
}

/** The library waits for ever: at the limit, or when nobody wants it any more, it is told that the person declined. */
async function limited<T>(flow: Promise<T>, limitMs: number, signal: StopSignal, giveUp: () => void): Promise<T> {
  let end: (error: VigilError) => void = () => {};
  const ended = new Promise<never>((_resolve, reject) => {
    end = reject;
  });
  const stop = (): void => {
    giveUp();
    end(new VigilError('cancelled', 'The sign-in was given up.'));
  };
  const timer = setTimeout(() => {
    giveUp();
    end(new VigilError('timeout', 'Nobody signed in within the time there was.'));
  }, limitMs);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  flow.catch(() => undefined);
  try {
    return await Promise.race([flow, ended]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/** Says to the library's own listener on this computer what the browser would say of a person who declined. */
async function decline(page: string): Promise<void> {
  const asked = new URL(page).searchParams;
  const back = asked.get('redirect_uri');
  if (back === null || !URL.canParse(back)) return;
  const { createDefaultHttpClient, createHttpHeaders, createPipelineRequest } = await import(
    '@azure/core-rest-pipeline'
  );
  const said = createPipelineRequest({
    url: `http://127.0.0.1:${new URL(back).port}/`,
    method: 'POST',
    allowInsecureConnection: true,
    timeout: 2000,
    headers: createHttpHeaders({ 'content-type': 'application/x-www-form-urlencoded' }),
    body: new URLSearchParams({ error: 'access_denied', state: asked.get('state') ?? '' }).toString(),
  });
  // A listener that is gone has nothing left to be told.
  await createDefaultHttpClient()
    .sendRequest(said)
    .catch(() => undefined);
}

function authorityOf(cloud: Cloud, tenant: string): Pick<Configuration['auth'], 'authority' | 'knownAuthorities'> {
  const authority = `${cloud.signIn}/${tenant}`;
  if (cloud.isKnown) return { authority };
  return { authority, knownAuthorities: [new URL(cloud.signIn).host] };
}

/** A person is needed for all of these; a revoked sign-in comes as a plain error of the server. */
const needsPerson = new Set([
  'invalid_grant',
  'no_tokens_found',
  'no_account_found',
  'token_refresh_required',
  'refresh_token_expired',
]);

function meaningOf(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ArmTrouble || error instanceof VigilError) return error;
  const code = 'errorCode' in error ? String(error.errorCode) : '';
  if (code === 'access_denied' || code === 'authorization_declined') return signedOut('The sign-in was declined.');
  if (error.name === 'InteractionRequiredAuthError' || needsPerson.has(code)) {
    return signedOut('The sign-in to Azure has ended: Azure wants the person again.');
  }
  return new ArmTrouble('VIGIL_SIGN_IN', `${code === '' ? '' : `${code}: `}${error.message}`, 400);
}

function signedOut(message: string): ArmTrouble {
  return new ArmTrouble('VIGIL_SIGNED_OUT', message);
}

function withoutClient(): ArmTrouble {
  return new ArmTrouble(
    'VIGIL_SIGNED_OUT',
    'To sign in by itself Vigil needs the id of an app registration of yours: [azure] client_id in settings.toml. With the Azure CLI it needs none: vigil azure login --azure-cli.',
  );
}
