import { describe, expect, it } from 'vitest';
import { severityOf } from '../../../../main/contract/machine-condition.ts';
import { markOf } from '../../../../renderer/components/machine-mark.ts';
import { attentionLines } from '../../../../renderer/pages/fleet/attention.ts';
import { machineFilter } from '../../../../renderer/pages/fleet/filter-machines.ts';
import { fleetTotals } from '../../../../renderer/pages/fleet/fleet-totals.ts';
import { azureMachine, azureMachines, billedMachine } from '../../support/azure-story.ts';
import { machineOf } from '../../support/fleet-story.ts';

const named = (filter: string) => azureMachines.filter(machineFilter(filter)).map(({ name }) => name);

describe('a machine that is stopped and still billed', () => {
  it('asks for a person with its own mark and the cure first', () => {
    expect(severityOf(billedMachine, undefined)).toBe('warning');
    expect(markOf(billedMachine, undefined)).toEqual({ kind: 'coin', word: 'Stopped, still billed' });
    expect(attentionLines([billedMachine], () => undefined)).toMatchObject([
      { lead: 'Stopped, still billed', verbs: ['deallocate', 'start', 'why'] },
    ]);
  });

  it('is counted by itself, and found by is:billed alone', () => {
    expect(fleetTotals(azureMachines).map(({ key, count }) => [key, count])).toContainEqual(['billed', 1]);
    expect(fleetTotals(azureMachines).some(({ key }) => key === 'warning')).toBe(false);
    expect(named('is:billed')).toEqual(['batch-7']);
    expect(named('is:degraded')).toEqual([]);
  });

  it.each([
    ['a local one', machineOf(1, 'a')],
    ['one that is deallocated', azureMachine(1, 'a', { state: 'deallocated' }, { billed: false })],
    ['one that runs', azureMachine(1, 'a')],
    ['one of which it is not known', azureMachine(1, 'a', { state: 'stopped' }, { billed: null })],
    ['one whose state is too old', azureMachine(1, 'a', { state: 'unknown' })],
  ])('is not %s', (_what, machine) => {
    expect(markOf(machine, undefined).kind).not.toBe('coin');
  });
});

describe('machines of Azure in the fleet', () => {
  it('are found by group, region, size and session', () => {
    expect(named('rg-lab')).toEqual(['gpu-lab']);
    expect(named('eastus2')).toEqual(['api-us-2']);
    expect(named('nc6s')).toEqual(['gpu-lab']);
    expect(named('nightly')).toEqual(['batch-7']);
  });
});
