import { useState } from 'react';
import { errorOf, failureOf } from '../../../main/contract/failure.ts';
import { DataDisk, type Machine } from '../../../main/contract/machine.ts';
import type { MachineDisk } from '../../../main/contract/machine-disk.ts';
import type { Operation } from '../../../main/contract/operation.ts';
import { useClient } from '../../client/client-context.tsx';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { type FieldFault, faultsOfSchema, numberOf } from '../../components/field-fault.ts';
import { ForeignText } from '../../components/foreign-text.tsx';
import { TextField } from '../../components/form-field.tsx';
import { useToast } from '../../components/toasts.tsx';
import { bytes, chosenSize, counted } from '../../format/sizes.ts';

interface DisksTableProps {
  readonly machine: Machine;
  readonly disks: readonly MachineDisk[];
}

/** The disks of a machine as they lie on this computer, and what can be done to them. */
export function DisksTable({ machine, disks }: DisksTableProps) {
  const { connection } = useClient();
  const toast = useToast();
  const canWork = machine.capabilities.includes('disk');
  const isUp = machine.startedAt !== null;
  const off = canWork ? undefined : 'Its disks cannot be worked on just now.';
  const offWhileUp = off ?? (isUp ? 'Stop the machine first: an image that is in use is left alone.' : undefined);

  /** A failed one is told by the operation itself. */
  async function run(begin: () => Promise<Operation>): Promise<void> {
    try {
      const ended = await connection.call('operation.wait', { operation: (await begin()).id });
      const said = wordsOf(ended);
      if (said !== null) toast({ mark: said.isBad ? 'crit' : 'ok', text: said.text, stays: said.isBad });
    } catch (error) {
      toast({ mark: 'crit', stays: true, text: errorOf(failureOf(error)).message });
    }
  }

  return (
    <section className="facts disks" aria-label="Disks">
      <h3 className="section-title">Disks</h3>
      <table className="snapshots-table">
        <thead>
          <tr>
            <th scope="col">Disk</th>
            <th scope="col" className="number">
              Size
            </th>
            <th scope="col" className="number">
              Taken here
            </th>
            <th scope="col">Image</th>
            <th scope="col">
              <span className="visually-hidden">Verbs</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {disks.map((disk) => (
            <tr key={disk.name}>
              <th scope="row">
                <span className="mono">{disk.name}</span>
                <CopyButton what={`the path of ${disk.name}`} text={disk.path} />
                {disk.fault === null ? null : (
                  <span className="snapshot-obstacle crit">
                    <ForeignText>{disk.fault}</ForeignText>
                  </span>
                )}
              </th>
              <td className="number">{disk.virtualMib === null ? '–' : chosenSize(disk.virtualMib)}</td>
              <td className="number">{disk.usedBytes === null ? '–' : bytes(disk.usedBytes)}</td>
              <td>{imageWords(disk)}</td>
              <td className="snapshot-verbs">
                <Button
                  size="small"
                  off={offWhileUp}
                  aria-label={`Check ${disk.name}`}
                  onClick={() =>
                    void run(() => connection.call('disk.check', { machine: machine.id, disk: disk.name }))
                  }
                >
                  Check
                </Button>{' '}
                <Button
                  size="small"
                  off={offWhileUp}
                  aria-label={`Compact ${disk.name}`}
                  onClick={() =>
                    void run(() => connection.call('disk.compact', { machine: machine.id, disk: disk.name }))
                  }
                >
                  Compact
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <AddDisk
        off={off}
        taken={disks.map(({ name }) => name)}
        onAdd={(disk) => void run(() => connection.call('disk.add', { machine: machine.id, ...disk }))}
      />
    </section>
  );
}

interface AddDiskProps {
  readonly off: string | undefined;
  readonly taken: readonly string[];
  onAdd(disk: DataDisk): void;
}

function AddDisk({ off, taken, onAdd }: AddDiskProps) {
  const [name, setName] = useState('');
  const [size, setSize] = useState('1024');
  const parsed = DataDisk.safeParse({ name: name.trim(), sizeMib: numberOf(size) });
  const faults: readonly FieldFault[] = taken.includes(name.trim())
    ? [{ field: 'name', message: 'There is a disk of that name.' }]
    : faultsOfSchema(parsed);
  const faultOf = (field: string) =>
    name === '' && field === 'name' ? undefined : faults.find((each) => each.field === field);
  return (
    <form className="disk-add" aria-label="Add a disk" onSubmit={(event) => event.preventDefault()}>
      <TextField
        label="New disk"
        hint="its name in the guest"
        fault={faultOf('name')}
        value={name}
        onChange={setName}
        maxLength={63}
        isCode
      />
      <TextField
        label="Its size"
        hint="it takes space as it fills"
        unit="MiB"
        fault={faultOf('sizeMib')}
        value={size}
        onChange={setSize}
        isNumber
        maxLength={12}
      />
      <Button
        off={off ?? faults[0]?.message}
        onClick={() => {
          if (!parsed.success) return;
          onAdd(parsed.data);
          setName('');
        }}
      >
        Add the disk
      </Button>
    </form>
  );
}

function imageWords({ format, adopted, snapshots, bases }: MachineDisk): string {
  return [
    format,
    adopted ? 'adopted, stays' : null,
    snapshots === null || snapshots === 0 ? null : counted(snapshots, 'snapshot'),
    bases.length === 0 ? null : `stands on ${counted(bases.length, 'shared image')}`,
  ]
    .filter((part) => part !== null)
    .join(', ');
}

/** What a person should know of work that is done; null where the page itself shows it. */
function wordsOf({ kind, state, result }: Operation): { readonly text: string; readonly isBad: boolean } | null {
  if (state !== 'done') return null;
  if (kind === 'disk-check' && result?.check !== undefined) {
    const { disk, corruptions, leaks } = result.check;
    if (corruptions > 0)
      return { text: `${disk}: ${counted(corruptions, 'place')} contradict each other.`, isBad: true };
    const waste = leaks === 0 ? '' : ` ${counted(leaks, 'cluster')} belong to nothing, which is harmless.`;
    return { text: `${disk} is whole.${waste}`, isBad: false };
  }
  return result?.note === undefined ? null : { text: result.note, isBad: false };
}
