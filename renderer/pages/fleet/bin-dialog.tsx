import { useEffect, useState } from 'react';
import { failureOf } from '../../../main/contract/failure.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { useClient } from '../../client/client-context.tsx';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Ago } from '../../components/relative-time.tsx';
import { chosenSize } from '../../format/sizes.ts';

/** Machines that were deleted and can still be brought back. */
export function BinDialog({ onClose }: { onClose(): void }) {
  const { connection } = useClient();
  const [machines, setMachines] = useState<readonly Machine[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  /** Asked back; it leaves the list when it is there again. */
  const [asked, setAsked] = useState<ReadonlySet<string>>(new Set());

  useEffect(() => {
    let isCurrent = true;
    const read = () =>
      connection.call('machine.bin', {}).then(
        (found) => isCurrent && setMachines(found),
        (failure: unknown) => isCurrent && setError(failureOf(failure).message),
      );
    void read();
    const undo = connection.subscribe('operation.changed', ({ kind, state }) => {
      if (state !== 'running' && (kind === 'undelete' || kind === 'delete')) void read();
    });
    return () => {
      isCurrent = false;
      undo();
    };
  }, [connection]);

  async function bringBack({ id }: Machine): Promise<void> {
    setAsked((before) => new Set(before).add(id));
    setError(null);
    try {
      const begun = await connection.call('machine.undelete', { machine: id });
      const ended = await connection.call('operation.wait', { operation: begun.id });
      if (ended.error !== undefined) setError(ended.error.message);
    } catch (failure) {
      setError(failureOf(failure).message);
    }
    setAsked((before) => new Set([...before].filter((each) => each !== id)));
  }

  return (
    <Dialog
      title="Deleted machines"
      onClose={onClose}
      choices={
        <Button data-safe onClick={onClose}>
          Close
        </Button>
      }
    >
      {error === null ? null : (
        <p className="crit">
          <ForeignText>{error}</ForeignText>
        </p>
      )}
      {machines === null ? null : machines.length === 0 ? (
        <p className="quiet">No deleted machine can be brought back.</p>
      ) : (
        <ul className="bin">
          {machines.map((machine) => (
            <li key={machine.id}>
              <b className="cut">
                <ForeignText>{machine.name}</ForeignText>
              </b>
              <span className="quiet">{machine.diskMib === null ? '' : `${chosenSize(machine.diskMib)} disk`}</span>
              <span className="faint">
                {machine.deletedAt === undefined ? (
                  ''
                ) : (
                  <>
                    deleted <Ago at={machine.deletedAt} />
                  </>
                )}
              </span>
              <Button
                size="small"
                aria-label={`Bring back ${machine.name}`}
                off={asked.has(machine.id) ? 'It is being brought back.' : undefined}
                onClick={() => void bringBack(machine)}
              >
                Bring back
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
