import type { Machine } from '../../main/contract/machine.ts';
import { counted } from '../format/sizes.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { ForeignText } from './foreign-text.tsx';

interface ForceStopDialogProps {
  readonly machines: readonly Machine[];
  onStop(): void;
  onClose(): void;
}

export function ForceStopDialog({ machines, onStop, onClose }: ForceStopDialogProps) {
  const [first] = machines;
  return (
    <Dialog
      title={
        <>
          Force{' '}
          {machines.length === 1 && first !== undefined ? (
            <ForeignText>{first.name}</ForeignText>
          ) : (
            counted(machines.length, 'machine')
          )}{' '}
          to stop?
        </>
      }
      onClose={onClose}
      choices={
        <>
          <Button data-safe onClick={onClose}>
            Let it run
          </Button>
          <Button
            look="danger"
            onClick={() => {
              onStop();
              onClose();
            }}
          >
            Force stop
          </Button>
        </>
      }
    >
      <p>
        The guest gets no word and cannot save anything: as if its plug were pulled. The disk stays; what the guest had
        not yet written to it is lost.
      </p>
    </Dialog>
  );
}
