import type { CallContext } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { Health, Machine } from '../../contract/machine.ts';
import type { SshHostDraft } from '../../contract/ssh-host.ts';
import type { Ledger } from '../journal/ledger.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Identifiers } from '../ports/identifiers.ts';
import type { HostRecord } from '../ports/state-store.ts';

/** Machines that only answer SSH: they are watched and measured, and nothing can be started or stopped. */
export interface Hosts {
  /** By name. The same list until a host comes or goes. */
  all(): readonly HostRecord[];
  get(id: string): HostRecord | undefined;
  /** By name, id or the first 8 or more characters of the id; undefined when no host is meant. */
  find(reference: string): HostRecord | undefined;
  add(draft: SshHostDraft, by: CallContext): Promise<HostRecord>;
  remove(host: HostRecord, by: CallContext): Promise<void>;
}

export interface HostsPorts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly identifiers: Identifiers;
  /** Throws `bad-input` for a name that some machine has already. */
  refuseTakenName(name: string): void;
  /** A host came or went. */
  changed(): void;
}

const shortestIdPrefix = 8;

export function createHosts(ports: HostsPorts, stored: readonly HostRecord[]): Hosts {
  const hosts = new Map(stored.map((host) => [host.id, host]));
  /** Asked for far more often than it changes; null when it has to be made anew. */
  let byName: readonly HostRecord[] | null = null;
  const all = (): readonly HostRecord[] => {
    byName ??= [...hosts.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return byName;
  };
  const put = (host: HostRecord): void => {
    byName = null;
    hosts.set(host.id, host);
  };
  const drop = (id: string): void => {
    byName = null;
    hosts.delete(id);
  };
  return {
    all,
    get: (id) => hosts.get(id),
    find: (reference) =>
      all().find((host) => host.name === reference || host.id === reference) ??
      (reference.length < shortestIdPrefix ? undefined : all().find((host) => host.id.startsWith(reference))),
    add: async (draft, by) => {
      ports.refuseTakenName(draft.name);
      const host: HostRecord = {
        id: ports.identifiers.uuid(),
        name: draft.name,
        address: draft.address,
        port: draft.port,
        user: draft.user ?? null,
        keyFile: draft.keyFile ?? null,
        trustOnFirstUse: draft.trustOnFirstUse,
        createdAt: isoTime(ports.clock.wallNow()),
      };
      // The name is taken before the first wait, so that two callers cannot both find it free.
      put(host);
      try {
        await ports.ledger.commit([{ kind: 'host-put', host }], {
          action: 'host.added',
          actor: 'user',
          machine: { id: host.id, name: host.name },
          summary: `'${host.name}' was added: SSH at ${host.address}:${host.port}.`,
          details: { user: by.user, face: by.face, address: host.address, port: host.port },
        });
      } catch (error) {
        drop(host.id);
        throw error;
      }
      ports.changed();
      return host;
    },
    remove: async (host, by) => {
      await ports.ledger.commit([{ kind: 'host-removed', id: host.id }], {
        action: 'host.removed',
        actor: 'user',
        machine: { id: host.id, name: host.name },
        summary: `'${host.name}' was removed from the fleet; the host itself was not touched.`,
        details: { user: by.user, face: by.face },
      });
      drop(host.id);
      ports.changed();
    },
  };
}

/** A host as a machine. It counts as running while its health says that it answers; otherwise nobody here can tell. */
export function hostView(host: HostRecord, health: Health): Machine {
  return {
    id: host.id,
    name: host.name,
    provider: 'ssh',
    state: health.status === 'healthy' || health.status === 'degraded' ? 'running' : 'unknown',
    wanted: 'running',
    health,
    address: host.address,
    region: null,
    size: null,
    cpus: null,
    memoryMib: null,
    diskMib: null,
    tags: [],
    group: null,
    protected: false,
    forwards: [],
    createdAt: host.createdAt,
    startedAt: null,
    notice: null,
    capabilities: ['delete', 'ssh'],
    operation: null,
  };
}

/** For a verb that a host does not have. */
export function refuseHostVerb(host: HostRecord): never {
  throw new VigilError('refused', `'${host.name}' is an SSH host: nothing can be started or stopped on it from here.`, {
    field: 'machine',
    hint: 'An SSH host is watched and measured only.',
  });
}
