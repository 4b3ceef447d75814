import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AzureDouble } from './azure-double.ts';

export interface InstalledAzureCli {
  readonly program: string;
  /** What `az logout` does. */
  signOut(): void;
}

/** Puts an `az` into a folder of one's own, signed in as the double's person; the folder goes to the front of PATH. */
export function installAzureCli(folder: string, azure: AzureDouble): InstalledAzureCli {
  const session = join(folder, 'az-session.json');
  const program = join(folder, 'az');
  const signedIn = {
    origin: azure.origin,
    ca: azure.ca,
    refreshToken: azure.login.grants.issueRefreshToken(),
    username: azure.login.person.username,
    tenantId: azure.world.homeTenant.id,
    subscriptionId: azure.world.subscriptions[0]?.id ?? '',
  };
  writeFileSync(session, JSON.stringify(signedIn), { mode: 0o600 });
  const script = pathToFileURL(join(import.meta.dirname, 'az.mjs')).href;
  writeFileSync(program, `#!${process.execPath}\nimport(${JSON.stringify(script)});\n`);
  chmodSync(program, 0o700);
  return { program, signOut: () => rmSync(session, { force: true }) };
}
