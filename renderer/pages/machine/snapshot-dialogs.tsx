import { useState } from 'react';
import type { Machine } from '../../../main/contract/machine.ts';
import type { Snapshot } from '../../../main/contract/snapshot.ts';
import { useActions } from '../../components/actions.tsx';
import { Button } from '../../components/button.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';

interface SnapshotQuestion {
  readonly machine: Machine;
  readonly snapshot: Snapshot;
  onClose(): void;
}

/** Says where the machine will be, what keeps the present, and what may stand in the way. */
export function RevertDialog({ machine, snapshot, onClose }: SnapshotQuestion) {
  const { revert } = useActions();
  const isBlocked = snapshot.live && snapshot.obstacle !== null;
  const [disksOnly, setDisksOnly] = useState(isBlocked);
  const memory = snapshot.live && !disksOnly;
  return (
    <Dialog
      title={
        <>
          Put <ForeignText>{machine.name}</ForeignText> back to <ForeignText>{snapshot.name}</ForeignText>?
        </>
      }
      onClose={onClose}
      choices={
        <>
          <Button data-safe onClick={onClose}>
            Stay here
          </Button>
          <Button
            look="primary"
            off={isBlocked && memory ? (snapshot.obstacle ?? undefined) : undefined}
            onClick={() => {
              revert(machine, snapshot, memory);
              onClose();
            }}
          >
            Revert
          </Button>
        </>
      }
    >
      <p>
        How it is now is kept first, as a safety snapshot that stays for a week; going back to that undoes this.{' '}
        {memory
          ? 'It then runs on from the moment the snapshot was taken, with the programs of then.'
          : 'It is stopped afterwards, with the disks of then.'}
      </p>
      {snapshot.obstacle === null ? null : (
        <p className="warn">
          <ForeignText>{snapshot.obstacle}</ForeignText>
        </p>
      )}
      {snapshot.live ? (
        <Checkbox checked={disksOnly} onChange={setDisksOnly}>
          The disks alone, without the memory
        </Checkbox>
      ) : null}
    </Dialog>
  );
}

export function DeleteSnapshotDialog({ machine, snapshot, onClose }: SnapshotQuestion) {
  const { deleteSnapshot } = useActions();
  return (
    <Dialog
      title={
        <>
          Delete the snapshot <ForeignText>{snapshot.name}</ForeignText>?
        </>
      }
      onClose={onClose}
      choices={
        <>
          <Button data-safe onClick={onClose}>
            Keep
          </Button>
          <Button
            look="danger"
            onClick={() => {
              deleteSnapshot(machine, snapshot);
              onClose();
            }}
          >
            Delete
          </Button>
        </>
      }
    >
      <p>
        <ForeignText>{machine.name}</ForeignText> stays as it is, and so does every other snapshot. Nobody can go back
        to this one again.
      </p>
    </Dialog>
  );
}
