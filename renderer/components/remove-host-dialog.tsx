import type { Machine } from '../../main/contract/machine.ts';
import { counted } from '../format/sizes.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { ForeignText } from './foreign-text.tsx';

interface RemoveHostDialogProps {
  readonly hosts: readonly Machine[];
  onRemove(): void;
  onClose(): void;
}

/** A host leaves the fleet; it goes on running where it is. */
export function RemoveHostDialog({ hosts, onRemove, onClose }: RemoveHostDialogProps) {
  const [first] = hosts;
  const noun =
    hosts.length === 1 && first !== undefined ? (
      <ForeignText>{first.name}</ForeignText>
    ) : (
      counted(hosts.length, 'SSH host')
    );
  return (
    <Dialog
      title={<>Remove {noun} from the fleet?</>}
      onClose={onClose}
      choices={
        <>
          <Button data-safe onClick={onClose}>
            Keep
          </Button>
          <Button
            look="danger"
            onClick={() => {
              onRemove();
              onClose();
            }}
          >
            Remove
          </Button>
        </>
      }
    >
      <p>
        Vigil stops watching and measuring {hosts.length === 1 ? 'it' : 'them'} and forgets how.{' '}
        <b>Nothing on the {hosts.length === 1 ? 'host' : 'hosts'} is touched.</b> The timeline stays.
      </p>
    </Dialog>
  );
}
