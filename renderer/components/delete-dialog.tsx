import { useState } from 'react';
import type { Machine } from '../../main/contract/machine.ts';
import { isUp } from '../../main/contract/machine-condition.ts';
import { counted } from '../format/sizes.ts';
import { Button } from './button.tsx';
import { Checkbox } from './checkbox.tsx';
import { Dialog } from './dialog.tsx';
import { ForeignText } from './foreign-text.tsx';

interface DeleteDialogProps {
  readonly machines: readonly Machine[];
  onDelete(force: boolean): void;
  onClose(): void;
}

/** It says what goes and whether there is a way back, and asks once more where a machine still runs: that has none. */
export function DeleteDialog({ machines, onDelete, onClose }: DeleteDialogProps) {
  const [force, setForce] = useState(false);
  const up = machines.filter(isUp);
  const [first] = machines;
  const noun =
    machines.length === 1 && first !== undefined ? (
      <ForeignText>{first.name}</ForeignText>
    ) : (
      counted(machines.length, 'machine')
    );
  const needsForce = up.length > 0 && !force;
  return (
    <Dialog
      title={<>Delete {noun}?</>}
      onClose={onClose}
      choices={
        <>
          <Button data-safe onClick={onClose}>
            Keep
          </Button>
          <Button
            look="danger"
            off={needsForce ? 'It is running: tick the box to end it first.' : undefined}
            onClick={() => {
              onDelete(up.length > 0);
              onClose();
            }}
          >
            Delete
          </Button>
        </>
      }
    >
      <p>
        {up.length > 0 ? (
          <>
            {machines.length === 1
              ? 'Its disk, its definition and its logs are'
              : 'Their disks, definitions and logs are'}{' '}
            removed from this computer. <b>This cannot be undone.</b>
          </>
        ) : (
          <>
            For 7 days {machines.length === 1 ? 'it' : 'each of them'} can be brought back with{' '}
            <code>vigil undelete</code>; then {machines.length === 1 ? 'its disk goes' : 'their disks go'} for good.
          </>
        )}{' '}
        The timeline stays.
      </p>
      {machines.length > 1 ? <p className="quiet dialog-names">{machines.map(({ name }) => name).join(', ')}</p> : null}
      {up.length > 0 ? (
        <Checkbox checked={force} onChange={setForce}>
          {up.length === machines.length && machines.length === 1
            ? 'It is running: end it first, without a word to the guest'
            : `End ${counted(up.length, 'running machine')} first, without a word to the guest`}
        </Checkbox>
      ) : null}
    </Dialog>
  );
}
