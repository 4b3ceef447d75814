import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { createSlots } from './slots.ts';

/** The addresses of a name as this computer sees it (hosts file, DNS), in its order, at most four. Rejects as Node does. */
export interface NameLookup {
  addressesOf(host: string): Promise<readonly string[]>;
}

const mostAddresses = 4;

/**
 * A lookup cannot be cancelled and holds one of Node's four threads, which files need as well: at most two run at once, and
 * all who ask for one name share one.
 */
export function createNameLookup(): NameLookup {
  const underWay = new Map<string, Promise<readonly string[]>>();
  const slots = createSlots(2);
  const look = async (host: string): Promise<readonly string[]> => {
    const leave = await new Promise<() => void>((resolve) => {
      slots.enter(resolve);
    });
    try {
      const found = await lookup(host, { all: true, order: 'verbatim' });
      return found.slice(0, mostAddresses).map(({ address }) => address);
    } finally {
      leave();
      underWay.delete(host);
    }
  };
  return {
    addressesOf: (host) => {
      if (isIP(host) !== 0) return Promise.resolve([host]);
      const present = underWay.get(host) ?? look(host);
      underWay.set(host, present);
      return present;
    },
  };
}
