import { lookup } from 'node:dns/promises';
import type { LookUp } from './find-receiver.ts';

/** Look-ups that nobody waits for any longer still hold a thread; beyond so many, names are not looked up at all. */
const mostUnderWay = 2;

/**
 * The addresses of a name as this computer sees it (hosts file, DNS). A look-up holds one of Node's four threads, which
 * files need as well: all who ask for one name share one, and those that hang never take the others.
 */
export function createLookUp(): LookUp {
  const underWay = new Map<string, Promise<readonly string[]>>();
  const look = async (name: string): Promise<readonly string[]> => {
    try {
      const found = await lookup(name, { all: true, order: 'verbatim' });
      return found.map(({ address }) => address);
    } finally {
      underWay.delete(name);
    }
  };
  return (name) => {
    const present = underWay.get(name);
    if (present !== undefined) return present;
    if (underWay.size >= mostUnderWay) return Promise.reject(new Error('too many names are being looked up'));
    const begun = look(name);
    underWay.set(name, begun);
    return begun;
  };
}
