import { useEffect, useState } from 'react';
import type { CrashRecord } from '../../main/contract/crash-record.ts';
import { errorOf, failureOf, type VigilError } from '../../main/contract/failure.ts';
import type { Machine, MachineDetail } from '../../main/contract/machine.ts';
import { useClient } from './client-context.tsx';

export interface MachineFile {
  readonly detail: MachineDetail | null;
  readonly crashes: readonly CrashRecord[];
  readonly error: VigilError | null;
}

/** What only a machine's own page needs, read anew whenever the machine changes. Old facts stay until new ones are there. */
export function useMachineFile(machine: Machine): MachineFile {
  const { connection } = useClient();
  const [file, setFile] = useState<MachineFile>({ detail: null, crashes: [], error: null });
  // A new object for every change of the machine, and only then.
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
  }, [connection, machine]);
  return file;
}
