import { useEffect, useState } from 'react';
import { errorOf, failureOf, type VigilError } from '../../main/contract/failure.ts';
import type { Machine } from '../../main/contract/machine.ts';
import type { Snapshot } from '../../main/contract/snapshot.ts';
import { useClient } from './client-context.tsx';

export interface SnapshotList {
  /** Null until they were read. */
  readonly snapshots: readonly Snapshot[] | null;
  readonly error: VigilError | null;
}

/** The snapshots of a machine, read anew whenever one comes, changes or goes. Old ones stay until new ones are there. */
export function useSnapshots({ id }: Machine): SnapshotList {
  const { connection } = useClient();
  const [list, setList] = useState<SnapshotList>({ snapshots: null, error: null });
  useEffect(() => {
    let asked = 0;
    const read = () => {
      asked += 1;
      const mine = asked;
      connection.call('snapshot.list', { machine: id }).then(
        (snapshots) => mine === asked && setList({ snapshots, error: null }),
        (error: unknown) => mine === asked && setList((before) => ({ ...before, error: errorOf(failureOf(error)) })),
      );
    };
    // First listen, then ask: nothing falls between.
    const ends = [
      connection.subscribe('snapshots.changed', ({ machineId }) => machineId === id && read()),
      connection.subscribe('engine.connected', read),
    ];
    read();
    return () => {
      asked = -1;
      for (const end of ends) end();
    };
  }, [connection, id]);
  return list;
}
