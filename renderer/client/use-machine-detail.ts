import { useEffect, useState } from 'react';
import type { CrashRecord } from '../../main/contract/crash-record.ts';
import { errorOf, failureOf, type VigilError } from '../../main/contract/failure.ts';
import type { Machine, MachineDetail } from '../../main/contract/machine.ts';
import { useClient } from './client-context.tsx';
import { isInSight } from './page-sight.ts';

export interface MachineFile {
  readonly detail: MachineDetail | null;
  readonly crashes: readonly CrashRecord[];
  readonly error: VigilError | null;
}

/**
 * What only a machine's own page needs, read anew whenever the machine changes, and one of Azure whenever Azure was looked
 * at. Old facts stay until new ones are there.
 */
export function useMachineFile(machine: Machine): MachineFile {
  const { connection } = useClient();
  const [look, setLook] = useState<string | null>(null);
  const isFarAway = machine.provider === 'azure';
  useEffect(() => {
    if (!isFarAway) return;
    return connection.subscribe('azure.read', ({ at }) => isInSight() && setLook(at));
  }, [connection, isFarAway]);
  const [file, setFile] = useState<MachineFile>({ detail: null, crashes: [], error: null });
  // A new object for every change of the machine, and only then.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a look of Azure may have found nothing new, and was one
  useEffect(() => {
    let isCurrent = true;
    const reference = { machine: machine.id };
    Promise.all([
      connection.call('machine.get', reference),
      // What Vigil did not start cannot crash under its eyes.
      machine.provider !== 'qemu' ? [] : connection.call('machine.crashes', { ...reference, limit: 1 }),
    ]).then(
      ([detail, crashes]) => isCurrent && setFile({ detail, crashes, error: null }),
      (error: unknown) => isCurrent && setFile((before) => ({ ...before, error: errorOf(failureOf(error)) })),
    );
    return () => {
      isCurrent = false;
    };
  }, [connection, machine, look]);
  return file;
}

/** The machine with the younger word for when its state was read: a look that finds nothing new is told of by nobody. */
export function asLastRead(machine: Machine, { detail }: MachineFile): Machine {
  const azure = detail?.machine.azure;
  if (machine.azure === undefined || azure === undefined || detail?.machine.id !== machine.id) return machine;
  if ((azure.observedAt ?? '') <= (machine.azure.observedAt ?? '')) return machine;
  return { ...machine, azure: { ...machine.azure, observedAt: azure.observedAt } };
}
