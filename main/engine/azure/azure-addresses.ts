import { createStopSource } from '../../contract/stop-signal.ts';
import { startLoop } from '../lifetime/loop.ts';
import type { Azure, AzureScope, AzureVm } from '../ports/azure.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { keyOf } from './join-inventory.ts';

/** Where each machine of Azure is reached. What cannot be read stays as it was. */
export interface AzureAddresses {
  /** The public one where there is one, else the private one; null when none is known. */
  of(vm: AzureVm): string | null;
  /** One round, now. */
  run(): Promise<void>;
  /** Those of one subscription, now: what has just come into the fleet is not to wait for a round. */
  look(scope: AzureScope): Promise<void>;
  begin(): void;
  stop(): Promise<void>;
}

export interface AzureAddressesPorts {
  readonly azure: Pick<Azure, 'insight'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Every machine there is. */
  vms(): readonly AzureVm[];
  /** These have another address than before. */
  changed(keys: ReadonlySet<string>): void;
}

/** Two lists of a subscription each time; a dynamic address changes with a deallocation only. */
const addressesMs = 300_000;
const firstAfterMs = 3000;

export function createAzureAddresses(ports: AzureAddressesPorts): AzureAddresses {
  const { azure, clock, log } = ports;
  const stopping = createStopSource();
  /** By subscription, then by the id of the machine in lower case. */
  const known = new Map<string, ReadonlyMap<string, string>>();
  let stopLoop: () => Promise<void> = async () => undefined;

  const read = async (scope: AzureScope): Promise<ReadonlySet<string>> => {
    const answer = await azure.insight.addresses(scope, stopping.signal);
    if (!answer.ok) {
      log.write('debug', 'azure', 'addresses could not be read', { reason: answer.fault.message });
      return new Set();
    }
    const before = known.get(scope.subscription) ?? new Map<string, string>();
    const now = new Map(
      answer.value.flatMap(({ key, publicAddress, privateAddress }) => {
        const address = publicAddress ?? privateAddress;
        return address === null ? [] : [[key, address] as const];
      }),
    );
    known.set(scope.subscription, now);
    return new Set([...before.keys(), ...now.keys()].filter((key) => before.get(key) !== now.get(key)));
  };

  const look = async (scope: AzureScope): Promise<void> => {
    const changed = await read(scope);
    if (!stopping.signal.aborted && changed.size > 0) ports.changed(changed);
  };

  const run = async (): Promise<void> => {
    const scopes = new Map(ports.vms().map(({ subscription, tenant }) => [subscription, { subscription, tenant }]));
    for (const subscription of known.keys()) if (!scopes.has(subscription)) known.delete(subscription);
    for (const scope of scopes.values()) {
      await look(scope);
      if (stopping.signal.aborted) return;
    }
  };

  return {
    of: (vm) => known.get(vm.subscription)?.get(keyOf(vm)) ?? null,
    run,
    look,
    begin: () => {
      stopLoop = startLoop({ name: 'azure addresses', clock, log, intervalMs: () => addressesMs, firstAfterMs, run });
    },
    stop: async () => {
      stopping.stop('stopped');
      await stopLoop();
    },
  };
}
