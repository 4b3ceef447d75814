import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../../main/contract/machine.ts';
import { attentionLines } from '../../../../renderer/pages/fleet/attention.ts';
import { machineFilter } from '../../../../renderer/pages/fleet/filter-machines.ts';
import { fleetTotals } from '../../../../renderer/pages/fleet/fleet-totals.ts';
import { between } from '../../../../renderer/pages/fleet/selection.ts';
import { compareMachines, settledOrder } from '../../../../renderer/pages/fleet/sort-machines.ts';
import { machineOf, runningMachine, storyId, storyMachines } from '../../support/fleet-story.ts';

const names = (ids: readonly string[]) => ids.map((id) => Number(id.slice(-3)));

describe('worst first', () => {
  const lines = attentionLines(storyMachines, () => undefined);

  it('names the machine that broke last on top, as a sentence', () => {
    expect(lines[0]).toMatchObject({
      severity: 'critical',
      lead: 'Ended by itself',
      rest: 'Killed by signal 9, the computer was out of memory.',
      since: '2026-03-17T20:26:15.000Z',
      verbs: ['why', 'console', 'start'],
    });
  });

  it('orders what needs a person before what is unknown before what is degraded', () => {
    expect(lines.map(({ machine }) => machine.name)).toEqual([
      'build-vm',
      'k3s-a',
      'vpn-gw',
      'kernel-lab',
      'edge-gw-02',
      'api-stage',
      'relay-berlin',
    ]);
  });

  it('names what a check found before its words, and a doubted host key as a doubt', () => {
    const line = (name: string) => lines.find(({ machine }) => machine.name === name);
    expect(line('k3s-a')).toMatchObject({ lead: 'SSH down', rest: '127.0.0.1:2208 does not answer.' });
    expect(line('relay-berlin')).toMatchObject({ severity: 'warning', lead: 'Host key changed' });
    expect(JSON.stringify(line('relay-berlin'))).not.toContain('down');
  });

  it('says nothing of machines that are well', () => {
    expect(attentionLines([runningMachine(1, 'well', 5), machineOf(2, 'off')], () => undefined)).toEqual([]);
  });
});

describe('totals', () => {
  it('count every machine once as up or down, and leave out what is not wrong', () => {
    const totals = fleetTotals([runningMachine(1, 'a', 1), machineOf(2, 'b'), machineOf(3, 'c')]);
    expect(totals.map(({ key, count }) => [key, count])).toEqual([
      ['up', 1],
      ['down', 2],
    ]);
  });

  it('lead to a filter that finds just as many', () => {
    for (const { filter, count } of fleetTotals(storyMachines)) {
      expect([filter, storyMachines.filter(machineFilter(filter)).length]).toEqual([filter, count]);
    }
  });
});

describe('the filter', () => {
  const found = (text: string) => storyMachines.filter(machineFilter(text)).map(({ name }) => name);
  it.each([
    ['BUILD', ['build-vm']],
    ['tag:ci', ['build-vm', 'ci-runner-3']],
    ['edge running', ['lab-pi']],
    ['state:paused', ['win-sign']],
    ['8443', ['web-prod-1']],
    ['is:nonsense', []],
    ['tag:', []],
    ['.*', []],
  ])('%s finds its machines', (text, machines) => expect(found(text)).toEqual(machines));

  it('empty, finds everything', () => expect(found('  ')).toHaveLength(storyMachines.length));
});

describe('the order of rows', () => {
  const nothing = () => null;
  const byName = compareMachines({ key: 'name', descending: false }, nothing);

  it('counts as a person does', () => {
    const sorted = ['vm-10', 'vm-2', 'vm-1'].map((name, index) => machineOf(index, name)).sort(byName);
    expect(sorted.map(({ name }) => name)).toEqual(['vm-1', 'vm-2', 'vm-10']);
  });

  it('puts what is unknown below every number', () => {
    const known = ({ name }: Machine) => (name === 'a' ? null : 0);
    const byMemory = compareMachines({ key: 'memory', descending: true }, known);
    const sorted = [machineOf(1, 'a'), machineOf(2, 'b')].sort(byMemory);
    expect(sorted.map(({ name }) => name)).toEqual(['b', 'a']);
  });

  it('stays when values change under it', () => {
    const worst = compareMachines({ key: 'worst', descending: false }, nothing);
    const before = settledOrder([], [machineOf(1, 'a'), machineOf(2, 'b')], worst);
    const after = settledOrder(before, [machineOf(1, 'a'), machineOf(2, 'b', { state: 'failed' })], worst);
    expect(names(after)).toEqual([1, 2]);
    expect(names(settledOrder([], [machineOf(1, 'a'), machineOf(2, 'b', { state: 'failed' })], worst))).toEqual([2, 1]);
  });

  it('takes in new machines where they belong and drops those that went', () => {
    const kept = [machineOf(1, 'a'), machineOf(3, 'c')];
    expect(names(settledOrder([storyId(1), storyId(9), storyId(3)], [...kept, machineOf(2, 'b')], byName))).toEqual([
      1, 2, 3,
    ]);
  });

  it('puts a new one before the first row that follows it, wherever the kept rows stand', () => {
    const kept = [machineOf(1, 'd'), machineOf(2, 'b'), machineOf(3, 'f')];
    const added = [machineOf(4, 'g'), machineOf(5, 'c'), machineOf(6, 'a'), machineOf(7, 'e')];
    const before = [storyId(1), storyId(2), storyId(3)];
    expect(names(settledOrder(before, [...kept, ...added], byName))).toEqual([6, 5, 1, 2, 7, 3, 4]);
  });

  it('compares a fleet with itself no more often than sorting does, however many are new', () => {
    let compared = 0;
    const counting: typeof byName = (a, b) => {
      compared += 1;
      return byName(a, b);
    };
    const fleet = Array.from({ length: 1000 }, (_, index) => machineOf(index, `machine-${(index * 7919) % 1000}`));
    const order = settledOrder([], fleet, counting);
    settledOrder(order.slice(0, 500), fleet, counting);
    expect(compared).toBeLessThan(4 * 1000 * Math.log2(1000));
  });
});

describe('selecting a range', () => {
  it.each([
    ['b', 'd', ['b', 'c', 'd']],
    ['d', 'b', ['b', 'c', 'd']],
    [null, 'c', ['c']],
    ['gone', 'c', ['c']],
  ])('from %s to %s', (from, to, range) => expect(between(['a', 'b', 'c', 'd'], from, to)).toEqual(range));
});
