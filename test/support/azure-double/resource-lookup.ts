import { Refusal } from './answer.ts';
import type { AzureMachine } from './machine.ts';
import type { Found } from './route.ts';
import type { AzureSubscription } from './subscription.ts';
import type { AzureWorld } from './world.ts';

/** The subscription of a path, or the refusal of one that nobody has. */
export function subscriptionOf(world: AzureWorld, { sub = '' }: Found): AzureSubscription {
  const subscription = world.subscription(sub);
  if (subscription === undefined)
    throw new Refusal(404, 'SubscriptionNotFound', `The subscription '${sub}' could not be found.`);
  return subscription;
}

/** The group's name as it was made, or the refusal of one that does not exist. */
export function groupOf(subscription: AzureSubscription, { rg = '' }: Found): string {
  const group = subscription.groups.get(rg.toLowerCase());
  if (group === undefined)
    throw new Refusal(404, 'ResourceGroupNotFound', `Resource group '${rg}' could not be found.`);
  return group.name;
}

export function machineOf(subscription: AzureSubscription, found: Found): AzureMachine {
  groupOf(subscription, found);
  const { rg = '', vm = '' } = found;
  const machine = subscription.machine(rg, vm);
  if (machine === undefined)
    throw new Refusal(
      404,
      'ResourceNotFound',
      `The Resource 'Microsoft.Compute/virtualMachines/${vm}' under resource group '${rg}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
    );
  return machine;
}
