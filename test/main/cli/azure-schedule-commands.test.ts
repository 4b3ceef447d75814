import { afterEach, beforeEach, expect, it } from 'vitest';
import { printMachines } from '../../../main/cli/print-machines.ts';
import type { AzureScheduleView } from '../../../main/contract/azure-schedule.ts';
import { azureMachines, billedMachine } from '../../renderer/support/azure-story.ts';
import { type AnsweringEngine, answeringEngine } from '../../support/answering-engine.ts';
import { runCliHere } from '../../support/cli-here.ts';

let rig: AnsweringEngine;
let views: readonly AzureScheduleView[];
let asked: unknown[];

beforeEach(async () => {
  asked = [];
  views = [
    {
      machine: 'web',
      schedule: 'start 08:00, stop 19:00, mon-fri, Europe/Berlin',
      machineId: billedMachine.id,
      zone: 'Europe/Berlin',
      next: { verb: 'start', at: '2026-11-23T07:00:00.000Z' },
    },
    { machine: 'gone', schedule: 'stop 19:00', machineId: null, zone: 'UTC', next: null },
  ];
  rig = await answeringEngine({
    'azure.schedules': async () => views,
    'azure.schedule': async (input) => {
      asked.push(input);
      return views;
    },
  });
});
afterEach(() => rig.end());

const vigil = (...args: readonly string[]) => runCliHere(rig.home, args);

it('schedules are listed with what each does next, and which of them mean no machine', async () => {
  const { exitCode, stdout } = await vigil('azure', 'schedule', 'list');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('VM NAME  SCHEDULE');
  expect(stdout).toContain('start 2026-11-23T07:00:00.000Z');
  expect(stdout).toContain('no such machine');
});

it('a schedule is put together from its flags, and taken away', async () => {
  await vigil('azure', 'schedule', 'set', 'web', '--start', '08:00', '--stop', '19:00', '--days', 'mon-fri');
  await vigil('azure', 'schedule', 'set', 'web', '--stop', '19:00', '--zone', 'Europe/Berlin');
  await vigil('azure', 'schedule', 'remove', 'web');
  expect(asked).toEqual([
    { machine: 'web', schedule: 'start 08:00, stop 19:00, mon-fri' },
    { machine: 'web', schedule: 'stop 19:00, Europe/Berlin' },
    { machine: 'web' },
  ]);
});

it('a schedule without a time is refused before anything is asked', async () => {
  const { exitCode, stderr } = await vigil('azure', 'schedule', 'set', 'web', '--days', 'mon-fri');
  expect([exitCode, asked]).toEqual([2, []]);
  expect(stderr).toContain('Give --start, --stop or both.');
});

it('the list says of a machine that is off and paid for that it is, with its session', () => {
  const lines = printMachines(azureMachines, false).split('\n');
  expect(lines.find((line) => line.includes('batch-7'))).toMatch(/^nightly +rg-batch\/batch-7 +stopped, still billed/);
  expect(lines.filter((line) => line.includes('still billed'))).toHaveLength(1);
});
