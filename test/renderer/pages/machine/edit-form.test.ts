import { describe, expect, it } from 'vitest';
import { MachineConfig } from '../../../../main/contract/machine.ts';
import { changeOf, editFaults, editFormOf } from '../../../../renderer/pages/machine/edit-form.ts';

const config = MachineConfig.parse({ cpus: 2, memoryMib: 2048, diskMib: 20_480, tags: ['ci'], group: 'lab' });
const form = editFormOf(config);

describe('the change that a form makes', () => {
  it('is nothing while nothing differs', () => {
    expect(changeOf(form, config)).toEqual({});
    expect(editFaults(form, config)).toEqual([]);
  });

  it('names only what differs', () => {
    expect(changeOf({ ...form, memoryMib: '4096' }, config)).toEqual({ memoryMib: 4096 });
    expect(changeOf({ ...form, tags: [] }, config)).toEqual({ tags: [] });
    expect(changeOf({ ...form, forwards: [{ host: '2222', guest: '22' }] }, config)).toEqual({
      forwards: [{ host: 2222, guest: 22 }],
    });
  });

  it('takes a group away when its field is emptied', () => {
    expect(changeOf({ ...form, group: '' }, config)).toEqual({ group: null });
  });
});

describe('a fault stands beside its own field', () => {
  it.each([
    ['cpus', '0', 'At least 1 CPU.'],
    ['cpus', 'two', 'The number of CPUs is a whole number.'],
    ['memoryMib', '8', 'At least 16 MiB'],
    ['diskMib', '10240', 'A disk only grows'],
    ['group', 'Lab', 'A name is made of'],
  ] as const)('%s %j', (field, value, message) => {
    const faults = editFaults({ ...form, [field]: value }, config);
    expect(faults.map((fault) => fault.field)).toEqual([field]);
    expect(faults[0]?.message).toContain(message);
  });

  it('of a port names its forward and its side', () => {
    const faults = editFaults({ ...form, forwards: [{ host: '99999', guest: '22' }] }, config);
    expect(faults.map(({ field }) => field)).toEqual(['forwards.0.host']);
  });
});
