import { type ReactNode, useState } from 'react';
import { AzureSize } from '../../main/contract/azure.ts';
import { type Machine, TagWithValue } from '../../main/contract/machine.ts';
import { counted } from '../format/sizes.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { faultsOfSchema } from './field-fault.ts';
import { ForeignText } from './foreign-text.tsx';
import { TextField } from './form-field.tsx';
import { NameDialog } from './name-dialog.tsx';

interface SomeMachines {
  readonly machines: readonly Machine[];
  onClose(): void;
}

interface OneMachine {
  readonly machine: Machine;
  onClose(): void;
}

/** Off is not free in Azure: both ways to stop, by their names. */
export function StopOrDeallocateDialog({
  machines,
  onStop,
  onDeallocate,
  onClose,
}: SomeMachines & { onStop(): void; onDeallocate(): void }) {
  return (
    <Dialog
      title={<>Stop {nounOf(machines)}, or deallocate?</>}
      onClose={onClose}
      choices={
        <>
          <Button data-safe onClick={onClose}>
            Let it run
          </Button>
          <Button onClick={thenClose(onStop, onClose)}>Stop, keep paying</Button>
          <Button look="primary" onClick={thenClose(onDeallocate, onClose)}>
            Deallocate
          </Button>
        </>
      }
    >
      <p>
        Stopped, the machine keeps its place at Azure and its compute <b>is still billed</b>. Deallocated, only its
        disks are paid for.
      </p>
      <p className="quiet">{lostByDeallocating}</p>
    </Dialog>
  );
}

const lostByDeallocating =
  'Deallocating gives up a public address that is not a static one, and what is on the temporary disk; starting again needs room at Azure.';

export function DeallocateDialog({ machines, onDeallocate, onClose }: SomeMachines & { onDeallocate(): void }) {
  return (
    <InterruptDialog
      question={<>Deallocate {nounOf(machines)}?</>}
      keep="Let it run"
      verb="Deallocate"
      onYes={onDeallocate}
      onClose={onClose}
    >
      <p>What runs in it ends. Its disks stay, and only they are paid for.</p>
      <p className="quiet">{lostByDeallocating}</p>
    </InterruptDialog>
  );
}

export function RedeployDialog({ machine, onRedeploy, onClose }: OneMachine & { onRedeploy(): void }) {
  return (
    <InterruptDialog
      question={<>Move {nounOf([machine])} to another host?</>}
      keep="Leave it"
      verb="Move"
      onYes={onRedeploy}
      onClose={onClose}
    >
      <p>
        Azure ends it, takes it to another host and starts it there: minutes without it. What is on the temporary disk
        and a public address that is not a static one are lost.
      </p>
    </InterruptDialog>
  );
}

function InterruptDialog(props: {
  readonly question: ReactNode;
  readonly keep: string;
  readonly verb: string;
  readonly children: ReactNode;
  onYes(): void;
  onClose(): void;
}) {
  const { question, keep, verb, children, onYes, onClose } = props;
  return (
    <Dialog
      title={question}
      onClose={onClose}
      choices={
        <>
          <Button data-safe onClick={onClose}>
            {keep}
          </Button>
          <Button look="danger" onClick={thenClose(onYes, onClose)}>
            {verb}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}

export function ResizeDialog({ machine, onResize, onClose }: OneMachine & { onResize(size: string): void }) {
  const isOn = machine.state === 'running';
  return (
    <NameDialog
      title={<>Change the size of {nounOf([machine])}</>}
      label="Size"
      hint={isOn ? 'Azure restarts it for this. Another size has another price.' : 'Another size has another price.'}
      initial={machine.size ?? ''}
      verb={isOn ? 'Change and restart' : 'Change'}
      faultOf={(size) =>
        size.toLowerCase() === machine.size?.toLowerCase()
          ? { field: 'size', message: 'That is its size already.' }
          : faultsOfSchema(AzureSize.safeParse(size))[0]
      }
      onName={onResize}
      onClose={onClose}
    />
  );
}

/** One tag more, or one less; each is an order to Azure of its own. */
export function TagsDialog({
  machine,
  onTag,
  onClose,
}: OneMachine & { onTag(action: 'add' | 'remove', tag: string): void }) {
  const [tag, setTag] = useState('');
  const [fault] = faultsOfSchema(TagWithValue.safeParse(tag));
  const add = () => {
    if (fault !== undefined) return;
    onTag('add', tag);
    onClose();
  };
  return (
    <Dialog
      title={<>Tags of {nounOf([machine])}</>}
      onClose={onClose}
      choices={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button look="primary" off={fault?.message} onClick={add}>
            Add the tag
          </Button>
        </>
      }
    >
      {machine.tags.length === 0 ? (
        <p className="quiet">It has none yet.</p>
      ) : (
        <ul className="azure-tags">
          {machine.tags.map((each) => (
            <li key={each}>
              <ForeignText className="tag">{each}</ForeignText>
              <Button
                size="small"
                look="plain"
                aria-label={`Remove the tag ${each}`}
                onClick={() => {
                  onTag('remove', each.split('=')[0] ?? each);
                  onClose();
                }}
              >
                Remove
              </Button>
            </li>
          ))}
        </ul>
      )}
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <TextField
          label="New tag"
          hint="a word, or with a value: env=prod"
          value={tag}
          onChange={setTag}
          fault={tag === '' ? undefined : fault}
          maxLength={400}
          wide
        />
      </form>
    </Dialog>
  );
}

/** There is no bin in Azure: one machine at a time, by its name. */
export function DeleteInAzureDialog({ machine, onDelete, onClose }: OneMachine & { onDelete(): void }) {
  const [name, setName] = useState('');
  const isNamed = name === machine.name;
  return (
    <Dialog
      title={<>Delete {nounOf([machine])} in Azure?</>}
      onClose={onClose}
      choices={
        <>
          <Button data-safe onClick={onClose}>
            Keep
          </Button>
          <Button
            look="danger"
            off={isNamed ? undefined : 'Type its name first.'}
            onClick={thenClose(onDelete, onClose)}
          >
            Delete
          </Button>
        </>
      }
    >
      <p>
        <b>This cannot be undone:</b> Azure has no bin. Its disks and addresses stay, and stay paid for, unless Azure
        was told to delete them with it. The timeline stays.
      </p>
      <form className="dialog-form" onSubmit={(event) => event.preventDefault()}>
        <TextField
          label="Its name, to be sure"
          hint={<ForeignText>{machine.name}</ForeignText>}
          fault={undefined}
          value={name}
          onChange={setName}
          isCode
          wide
        />
      </form>
    </Dialog>
  );
}

function nounOf(machines: readonly Machine[]): ReactNode {
  const [first] = machines;
  return machines.length === 1 && first !== undefined ? (
    <ForeignText>{first.name}</ForeignText>
  ) : (
    counted(machines.length, 'machine')
  );
}

function thenClose(act: () => void, close: () => void): () => void {
  return () => {
    act();
    close();
  };
}
