import { isIP } from 'node:net';
import { judgeAddress } from './judge-address.ts';

/** Somebody who may be connected to: what was looked at is what is connected to, and no name is looked up again. */
export interface Receiver {
  /** As it stands in the certificate. */
  readonly name: string;
  /** Judged; in the order in which they are to be tried. */
  readonly addresses: readonly string[];
}

/** Why there is nobody to connect to. `refused`: another try cannot do. */
export interface NoReceiver {
  readonly kind: 'refused' | 'failed';
  /** A sentence without any secret. */
  readonly reason: string;
}

/** All addresses of a name. Rejects when there are none. */
export type LookUp = (name: string) => Promise<readonly string[]>;

/** A look-up cannot be cancelled: it is given up on. */
const lookUpMs = 5000;
const mostAddresses = 16;
const addressesTried = 2;

/**
 * Looks a host up, once. It is refused as a whole when any of its addresses is: a name with a good and a bad address is
 * how a guard is walked around.
 */
export async function findReceiver(
  host: string,
  allowPrivate: boolean,
  lookUp: LookUp,
): Promise<Receiver | NoReceiver> {
  const name = host
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
  if (name === '') return { kind: 'refused', reason: 'The address names no host.' };
  const found = isIP(name) === 0 ? await withinLimit(lookUp(name)) : [name];
  if (found === null || found.length === 0)
    return { kind: 'failed', reason: `The name ${shown(name)} could not be looked up.` };
  const judgements = found.slice(0, mostAddresses).map(judgeAddress);
  if (found.length > mostAddresses || judgements.includes('never')) {
    return { kind: 'refused', reason: `${shown(name)} leads to an address that Vigil never sends anything to.` };
  }
  if (judgements.includes('private') && !allowPrivate) {
    return {
      kind: 'refused',
      reason: `${shown(name)} leads to a private address; say allow_private: true for the channel if that is meant.`,
    };
  }
  const ordered = found.toSorted((a, b) => isIP(a) - isIP(b));
  return { name, addresses: ordered.slice(0, addressesTried) };
}

/** A host as it may stand in a sentence. */
export function shown(host: string): string {
  return host.replace(/[^\w.:-]/g, '?').slice(0, 100);
}

async function withinLimit(answer: Promise<readonly string[]>): Promise<readonly string[] | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), lookUpMs);
  });
  try {
    return await Promise.race([answer.catch(() => null), late]);
  } finally {
    clearTimeout(timer);
  }
}
