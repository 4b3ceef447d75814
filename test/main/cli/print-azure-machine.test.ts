import { expect, test } from 'vitest';
import { printMachine, printMachineStatus } from '../../../main/cli/print-machine.ts';
import type { AzureMachineFacts } from '../../../main/contract/azure.ts';
import type { Machine, MachineDetail } from '../../../main/contract/machine.ts';
import { nothingLocal } from '../../../main/engine/fleet/nothing-local.ts';
import { sampleMachine } from '../../support/sample-machine.ts';

const facts: AzureMachineFacts = {
  resourceId: '/subscriptions/s/resourceGroups/shop/providers/Microsoft.Compute/virtualMachines/web',
  subscription: '11111111-aaaa-4000-8000-000000000001',
  resourceGroup: 'shop',
  session: null,
  os: 'linux',
  console: true,
  power: 'running',
  provisioning: 'Succeeded',
  billed: true,
  idle: null,
  cost: null,
  observedAt: '2026-11-21T12:00:00.000Z',
  trouble: null,
};
const detail = (azure: Partial<AzureMachineFacts>, machine: Partial<Machine> = {}): MachineDetail => ({
  ...nothingLocal,
  machine: sampleMachine({ provider: 'azure', name: 'web', group: 'shop', ...machine, azure: { ...facts, ...azure } }),
});
const lineOf = (text: string, label: string): string | undefined =>
  text
    .split('\n')
    .find((line) => line.startsWith(`${label}:`))
    ?.slice(label.length + 1)
    .trim();

test('status says what a machine of Azure costs, that it idles, and how old its state is', () => {
  const idle = printMachineStatus(detail({ idle: 'Its CPU stayed under 5 % for 7 days.' }), false);
  expect(lineOf(idle, 'Compute')).toBe('billed');
  expect(lineOf(idle, 'Idle')).toBe('Its CPU stayed under 5 % for 7 days.');
  expect(lineOf(idle, 'State read')).toBe('2026-11-21T12:00:00.000Z');
  const off = printMachineStatus(detail({ power: 'stopped' }, { state: 'stopped', wanted: 'stopped' }), false);
  expect(lineOf(off, 'Compute')).toBe('billed although it is off');
  const unread = printMachineStatus(detail({ billed: null, trouble: 'Azure asks to be left alone.' }), false);
  expect(lineOf(unread, 'Compute')).toBe('not known');
  expect(lineOf(unread, 'State read')).toBe('2026-11-21T12:00:00.000Z (Azure asks to be left alone.)');
});

test('status and show say what it cost this month, what that covers and when it was read', () => {
  const cost = { amount: 1234.5, currency: 'EUR', since: '2026-11-01', readAt: '2026-11-21T06:00:00.000Z' };
  for (const print of [printMachine, printMachineStatus]) {
    const line = lineOf(print(detail({ cost }), false), 'Cost this month') ?? '';
    expect(line).toMatch(/^€1,234\.50 charged to the machine itself/);
    expect(line).toContain('disks and addresses are charged apart');
    expect(line).toContain('(read 2026-11-21T06:00:00.000Z)');
    expect(lineOf(print(detail({ cost: { ...cost, amount: 0 } }), false), 'Cost this month')).toMatch(/^€0\.00 /);
    expect(lineOf(print(detail({ cost: null }), false), 'Cost this month')).toBe('not known');
  }
});

test('show says where it is in Azure, and whether its console is kept there', () => {
  const shown = printMachine(detail({}), false);
  expect(lineOf(shown, 'Resource id')).toBe(facts.resourceId);
  expect(lineOf(shown, 'Console in Azure')).toBe('kept');
  expect(lineOf(printMachine(detail({ console: false }), false), 'Console in Azure')).toBe('boot diagnostics are off');
  expect(lineOf(printMachine(detail({ power: null }), false), 'Power state')).toBe('not said');
});

test('a machine of another kind has none of these lines', () => {
  const local = printMachine({ ...nothingLocal, machine: sampleMachine() }, false);
  for (const label of ['Compute', 'Cost this month', 'Idle', 'State read', 'Resource id', 'Power state']) {
    expect(lineOf(local, label)).toBeUndefined();
  }
});
