import { type SecretSlot, secretSlots } from '../../contract/channel.ts';
import type { PlainSurroundings, Secrets } from '../../engine/ports/secrets.ts';

/** Which channel an address belongs to that was given without one. */
const hosts: readonly (readonly [RegExp, SecretSlot])[] = [
  [/^hooks\.slack(-gov)?\.com$/, 'slack address'],
  [/^(\w+\.)?discord(app)?\.com$/, 'discord address'],
  [/(^|\.)(logic\.azure\.com|powerplatform\.com|webhook\.office\.com)$/, 'teams address'],
];

const variables = new Set<string>([
  ...Object.values(secretSlots),
  'ALERT_WEBHOOK_URL',
  'ALERT_EMAIL',
  'SMTP_HOST',
  'SMTP_PORT',
  'SMTP_USER',
]);

/** The secrets of the environment that Vigil was started in. They are read once; no program that Vigil starts inherits them. */
export function createEnvironmentSecrets(environment: NodeJS.ProcessEnv): Secrets {
  const values = new Map<string, string>();
  for (const name of variables) {
    const value = environment[name]?.trim();
    if (value !== undefined && value !== '') values.set(name, value);
  }
  const anyHook = values.get('ALERT_WEBHOOK_URL') ?? null;
  const hookSlot = anyHook === null ? null : slotOf(anyHook);
  const read = (slot: SecretSlot): string | null =>
    values.get(secretSlots[slot]) ?? (slot === hookSlot ? anyHook : null);
  return {
    read,
    has: (slot) => read(slot) !== null,
    source: (slot) => (read(slot) === null ? null : 'environment'),
    plain: plainOf(values),
  };
}

function slotOf(url: string): SecretSlot {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return hosts.find(([pattern]) => pattern.test(host))?.[1] ?? 'webhook address';
}

function plainOf(values: ReadonlyMap<string, string>): PlainSurroundings {
  const [to, host, port, user] = ['ALERT_EMAIL', 'SMTP_HOST', 'SMTP_PORT', 'SMTP_USER'].map((name) => values.get(name));
  const portNumber = Number(port);
  return {
    ...(to === undefined ? {} : { mailTo: to }),
    ...(host === undefined ? {} : { mailHost: host }),
    ...(Number.isInteger(portNumber) && portNumber > 0 && portNumber < 65_536 ? { mailPort: portNumber } : {}),
    ...(user === undefined ? {} : { mailUser: user }),
  };
}
