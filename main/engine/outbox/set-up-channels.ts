import {
  type AlertChannel,
  type AlertSeverity,
  alertChannels,
  type NotificationConfig,
} from '../../contract/alert-rule.ts';
import type { ChannelState, SecretSlot } from '../../contract/channel.ts';
import type { ChannelTarget } from '../ports/channels.ts';
import type { Secrets } from '../ports/secrets.ts';

/** A channel as the file and the environment make it. */
export interface ChannelSetup {
  readonly name: AlertChannel;
  readonly state: ChannelState;
  readonly hint: string | null;
  readonly leadsTo: string | null;
  readonly minSeverity: AlertSeverity;
  /** Where it leads; null for the desktop, and where it is not set up. */
  readonly target: ChannelTarget | null;
}

type Reading = { readonly target: ChannelTarget; readonly leadsTo: string } | { readonly missing: string };
type HookName = 'slack' | 'discord' | 'teams' | 'webhook';

const hookSlots: Readonly<Record<HookName, SecretSlot>> = {
  slack: 'slack address',
  discord: 'discord address',
  teams: 'teams address',
  webhook: 'webhook address',
};

/** Every channel, in their order: pure. What the environment gives goes before the example values of a new file. */
export function setUpChannels(config: NotificationConfig, secrets: Secrets): readonly ChannelSetup[] {
  return alertChannels.map((name) => setUpChannel(name, config, secrets));
}

export function setUpChannel(name: AlertChannel, config: NotificationConfig, secrets: Secrets): ChannelSetup {
  if (name === 'desktop') {
    const isOn = config.desktop?.enabled ?? true;
    return {
      name,
      state: isOn ? 'ready' : 'off',
      hint: isOn ? null : switchOn(name),
      leadsTo: null,
      minSeverity: config.desktop?.min_severity ?? 'info',
      target: null,
    };
  }
  const section = config[name];
  const allowPrivate = section?.allow_private ?? false;
  const reading =
    name === 'email'
      ? readMail(config, secrets, allowPrivate)
      : name === 'appinsights'
        ? readInsights(secrets, allowPrivate)
        : readHook(name, config, secrets, allowPrivate);
  const isSetUp = 'target' in reading;
  // A channel that the file says nothing of is on once the environment says where it leads.
  const isOn = section?.enabled ?? isSetUp;
  return {
    name,
    state: !isOn ? 'off' : isSetUp ? 'ready' : 'not set up',
    hint: !isOn ? switchOn(name) : isSetUp ? null : reading.missing,
    leadsTo: isSetUp ? reading.leadsTo : null,
    minSeverity: section?.min_severity ?? 'info',
    target: isSetUp ? reading.target : null,
  };
}

function switchOn(name: AlertChannel): string {
  return `Say enabled: true for notification_config.${name} in alert_rules.yaml.`;
}

function readHook(name: HookName, config: NotificationConfig, secrets: Secrets, allowPrivate: boolean): Reading {
  const slot = hookSlots[name];
  const field = name === 'webhook' ? 'url' : 'webhook_url';
  const written = (name === 'webhook' ? config.webhook?.url : config[name]?.webhook_url)?.trim() ?? '';
  const source = secrets.source(slot);
  if (source !== null) {
    const place = source === 'environment' ? 'the environment' : 'the key store';
    return { target: { channel: name, url: null, allowPrivate }, leadsTo: `the address in ${place}` };
  }
  if (written === '' || isExample(hostOf(written)))
    return { missing: `notification_config.${name}.${field} in alert_rules.yaml says no address yet.` };
  return { target: { channel: name, url: written, allowPrivate }, leadsTo: hostOf(written) };
}

function readMail(config: NotificationConfig, secrets: Secrets, allowPrivate: boolean): Reading {
  const { email } = config;
  const { plain } = secrets;
  const to = plain.mailTo?.split(',').map((address) => address.trim()) ?? email?.to_addresses ?? [];
  const host = plain.mailHost ?? email?.smtp_host ?? '';
  const written = email?.from_address ?? '';
  const from = written === '' || isExample(written) ? (plain.mailUser ?? written) : written;
  const missing = (what: string): Reading => ({
    missing: `notification_config.email in alert_rules.yaml says no ${what} yet.`,
  });
  if (host === '') return missing('smtp_host');
  if (to.length === 0 || to.some((address) => !isMailAddress(address) || isExample(address)))
    return missing('to_addresses');
  if (!isMailAddress(from) || isExample(from)) return missing('from_address');
  return {
    target: {
      channel: 'email',
      host,
      port: plain.mailPort ?? email?.smtp_port ?? 587,
      from,
      to,
      user: plain.mailUser ?? null,
      allowPrivate,
    },
    leadsTo: to.join(', '),
  };
}

function readInsights(secrets: Secrets, allowPrivate: boolean): Reading {
  if (!secrets.has('application insights connection'))
    return {
      missing:
        'APPLICATIONINSIGHTS_CONNECTION_STRING in the environment of Vigil, or its key store, says no connection yet.',
    };
  return { target: { channel: 'appinsights', allowPrivate }, leadsTo: 'Application Insights' };
}

function isMailAddress(text: string): boolean {
  return /^[^\s@<>"(),:;\\[\]]{1,64}@[\w.-]{1,253}$/.test(text);
}

/** The domains that examples are written with. */
function isExample(text: string): boolean {
  return /(^|[.@])example\.(com|org|net)$/i.test(text);
}

/** Host of an address; the rest of it is a secret. */
function hostOf(url: string): string {
  return /^https?:\/\/(?:[^@/?#]*@)?(\[[^\]]*\]|[^:/?#]*)/i.exec(url)?.[1] ?? 'an address that cannot be read';
}
