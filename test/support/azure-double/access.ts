import { Refusal } from './answer.ts';
import type { Found } from './route.ts';
import { type Principal, unauthorized } from './tokens.ts';
import type { AzureWorld } from './world.ts';

/** Throws unless the caller's tenant owns the subscription and the caller has that right there. */
export function checkAccess(
  world: AzureWorld,
  principal: Principal,
  right: string,
  found: Found,
  target: string,
): void {
  const subscription = world.subscription(found.sub ?? '');
  if (subscription === undefined) return;
  if (subscription.tenantId !== principal.tenantId)
    throw unauthorized(
      'InvalidAuthenticationTokenTenant',
      `The access token is from the wrong issuer 'https://sts.windows.net/${principal.tenantId}/'. It must match the tenant 'https://sts.windows.net/${subscription.tenantId}/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/${subscription.tenantId}' to get the token.`,
      subscription.tenantId,
    );
  const isRead = right.endsWith('/read');
  if (!isRead && subscription.state !== 'Enabled' && subscription.state !== 'Warned')
    throw new Refusal(
      409,
      'ReadOnlyDisabledSubscription',
      `The subscription '${subscription.id}' is disabled and therefore marked as read only. You cannot perform any write actions on this subscription until it is re-enabled.`,
    );
  const mayDo = {
    contributor: true,
    reader: isRead || right.endsWith('metrics/action'),
    // Nothing on the subscription, everything on what is inside.
    'machines-only': found.vm !== undefined || isRead,
    nothing: found.rg === undefined && isRead,
  }[subscription.rights];
  const machine = subscription.machine(found.rg ?? '', found.vm ?? '');
  const isForbidden = [...(machine?.forbidden ?? [])].some((one) => right.toLowerCase().endsWith(one.toLowerCase()));
  if (mayDo && !isForbidden) return;
  const scope = target.split('?')[0]?.replace(/^\/+/, '/') ?? '';
  throw new Refusal(
    403,
    'AuthorizationFailed',
    `The client 'dev@example.test' with object id '${principal.objectId}' does not have authorization to perform action '${right}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}
