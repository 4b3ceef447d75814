import { useState } from 'react';
import { type Machine, MachineName } from '../../main/contract/machine.ts';
import { SnapshotName } from '../../main/contract/snapshot.ts';
import { useMachines } from '../client/use-engine.ts';
import { stamp } from '../format/times.ts';
import { Checkbox } from './checkbox.tsx';
import { type FieldFault, faultsOfSchema } from './field-fault.ts';
import { ForeignText } from './foreign-text.tsx';
import { NameDialog } from './name-dialog.tsx';

interface OneMachine {
  readonly machine: Machine;
  onClose(): void;
}

export function SnapshotDialog({ machine, onClose, onTake }: OneMachine & { onTake(name: string): void }) {
  const isUp = machine.startedAt !== null;
  return (
    <NameDialog
      title={
        <>
          Take a snapshot of <ForeignText>{machine.name}</ForeignText>
        </>
      }
      label="Name"
      hint={
        machine.provider === 'azure'
          ? 'Of its first disk; it is kept in Azure, and paid for there.'
          : isUp
            ? 'With its memory: it goes on exactly here.'
            : 'Of its disks: it is stopped.'
      }
      initial={stamp(Date.now())}
      verb="Take snapshot"
      faultOf={(name) => faultsOfSchema(SnapshotName.safeParse(name))[0]}
      onName={onTake}
      onClose={onClose}
    />
  );
}

export function CloneDialog({
  machine,
  onClose,
  onClone,
}: OneMachine & { onClone(name: string, linked: boolean): void }) {
  const [linked, setLinked] = useState(false);
  const faultOf = useFreeName(machine);
  return (
    <NameDialog
      title={
        <>
          Clone <ForeignText>{machine.name}</ForeignText>
        </>
      }
      label="Name of the new machine"
      hint="a-z, 0-9 and -"
      initial={`${machine.name}-copy`.slice(0, 63)}
      verb="Clone"
      faultOf={faultOf}
      onName={(name) => onClone(name, linked)}
      onClose={onClose}
    >
      <Checkbox checked={linked} onChange={setLinked}>
        Linked: made at once, shares what the disk holds now
      </Checkbox>
    </NameDialog>
  );
}

export function RenameDialog({ machine, onClose, onRename }: OneMachine & { onRename(name: string): void }) {
  const faultOf = useFreeName(machine);
  return (
    <NameDialog
      title={
        <>
          Rename <ForeignText>{machine.name}</ForeignText>
        </>
      }
      label="New name"
      hint="Its id, its disks and its history stay."
      initial={machine.name}
      verb="Rename"
      faultOf={(name) =>
        name === machine.name ? { field: 'name', message: 'That is its name already.' } : faultOf(name)
      }
      onName={onRename}
      onClose={onClose}
    />
  );
}

/** Names of other machines are taken; whether one of the engine's own knowledge is, the engine says. */
function useFreeName(machine: Machine): (name: string) => FieldFault | undefined {
  const { value } = useMachines();
  return (name) => {
    const [fault] = faultsOfSchema(MachineName.safeParse(name));
    if (fault !== undefined) return fault;
    const taken = [...(value?.values() ?? [])].some((other) => other.id !== machine.id && other.name === name);
    return taken ? { field: 'name', message: `There is a machine called ${name} already.` } : undefined;
  };
}
