import { VigilError } from '../../contract/failure.ts';
import type { AzureConfig } from '../../engine/ports/azure.ts';

/** Where a cloud is spoken to. */
export interface Cloud {
  /** Origin of the sign-in service, without a slash at the end. */
  readonly signIn: string;
  /** Origin of the resource manager, without a slash at the end. */
  readonly resourceManager: string;
  /** What a token is asked for. */
  readonly scope: string;
  /** Vigil's library knows the sign-in service of this cloud and asks nobody about it. */
  readonly isKnown: boolean;
}

const known = (signIn: string, resourceManager: string): Cloud => ({
  signIn: `https://${signIn}`,
  resourceManager: `https://${resourceManager}`,
  scope: `https://${resourceManager}/.default`,
  isKnown: true,
});

const clouds = {
  public: known('login.microsoftonline.com', 'management.azure.com'),
  'us-government': known('login.microsoftonline.us', 'management.usgovcloudapi.net'),
  china: known('login.partner.microsoftonline.cn', 'management.chinacloudapi.cn'),
} as const;

/** Throws `bad-input` for a cloud of one's own whose addresses are missing or not https. */
export function cloudOf(config: Pick<AzureConfig, 'cloud' | 'resourceManagerUrl' | 'signInUrl' | 'audience'>): Cloud {
  if (config.cloud !== 'custom') return clouds[config.cloud];
  const resourceManager = originOf(config.resourceManagerUrl, 'resource_manager_url');
  return {
    signIn: originOf(config.signInUrl, 'sign_in_url'),
    resourceManager,
    scope: `${config.audience === '' ? resourceManager : originOf(config.audience, 'audience')}/.default`,
    isKnown: false,
  };
}

function originOf(text: string, key: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'https:') return url.origin;
  throw new VigilError('bad-input', `A cloud of your own needs [azure] ${key}, an address that begins with https://.`, {
    field: `azure.${key}`,
  });
}
