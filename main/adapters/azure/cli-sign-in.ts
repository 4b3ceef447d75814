import { z } from 'zod';
import type { AzureAccount, AzureConfig } from '../../engine/ports/azure.ts';
import type { Processes } from '../../engine/ports/processes.ts';
import { ArmTrouble } from './arm-policy.ts';
import type { Cloud } from './clouds.ts';
import type { AccessToken, TokenSource } from './token-source.ts';

export interface CliSignInPorts {
  readonly processes: Pick<Processes, 'find' | 'run'>;
  readonly platform: NodeJS.Platform;
  config(): AzureConfig;
  cloud(): Cloud;
}

const limitMs = 30_000;
const plainTenants = new Set(['organizations', 'common', '']);

const Token = z.object({
  accessToken: z.string().min(1),
  /** UTC seconds; only newer ones say it. */
  expires_on: z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).optional(),
  /** Local time without a zone. */
  expiresOn: z.string().optional(),
});
const Account = z.object({
  tenantId: z.string(),
  user: z.object({ name: z.string() }).partial().optional(),
});

/** The tokens of an Azure CLI that is signed in on this computer. Signing in and out is its business. */
export function createCliSignIn({ processes, platform, config, cloud }: CliSignInPorts): TokenSource {
  const az = async (args: readonly string[]): Promise<unknown> => {
    const program = await processes.find(platform === 'win32' ? 'az.cmd' : 'az');
    if (program === null) throw signedOut('The Azure CLI (az) is not installed here.');
    const { exitCode, stdout, stderr } = await processes.run(program, [...args, '--output', 'json'], {
      timeoutMs: limitMs,
    });
    if (exitCode !== 0) {
      const isOut = /az login|AADSTS|not logged in|no subscription/i.test(stderr);
      if (isOut) throw signedOut('The Azure CLI is not signed in any more. Run: az login');
      throw new ArmTrouble('VIGIL_CLI', `The Azure CLI failed: ${lastLine(stderr)}`, 400);
    }
    try {
      return JSON.parse(stdout);
    } catch {
      throw new ArmTrouble('VIGIL_CLI', 'The Azure CLI answered with something that is no JSON.', 400);
    }
  };
  const account = async (): Promise<AzureAccount> => {
    const { data } = Account.safeParse(await az(['account', 'show']));
    if (data === undefined) throw new ArmTrouble('VIGIL_CLI', 'The Azure CLI did not say who is signed in.', 400);
    return { name: data.user?.name ?? 'the Azure CLI', tenant: data.tenantId, kept: 'by the Azure CLI' };
  };
  const token = async (tenant: string): Promise<AccessToken> => {
    const asked = plainTenants.has(tenant) ? [] : ['--tenant', tenant];
    const answer = await az(['account', 'get-access-token', '--resource', cloud().resourceManager, ...asked]);
    const { data } = Token.safeParse(answer);
    if (data === undefined) throw new ArmTrouble('VIGIL_CLI', 'The Azure CLI gave no token.', 400);
    return { token: data.accessToken, expiresAt: expiryOf(data) };
  };
  return {
    account: async () => {
      try {
        return await account();
      } catch (error) {
        if (error instanceof ArmTrouble && error.code === 'VIGIL_SIGNED_OUT') return null;
        throw error;
      }
    },
    begin: async (told) => {
      told({ address: null, code: null, lifeMs: limitMs });
      await token(config().tenant);
      return account();
    },
    token,
    end: async () => undefined,
  };
}

/** A local time is ambiguous for an hour a year; it then counts as over, and a new token is asked for. */
export function expiryOf({ expires_on, expiresOn }: Pick<z.infer<typeof Token>, 'expires_on' | 'expiresOn'>): number {
  if (expires_on !== undefined) return expires_on * 1000;
  const local = Date.parse((expiresOn ?? '').replace(' ', 'T'));
  return Number.isNaN(local) ? 0 : local;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) ?? 'it said nothing';
}

function signedOut(message: string): ArmTrouble {
  return new ArmTrouble('VIGIL_SIGNED_OUT', message);
}
