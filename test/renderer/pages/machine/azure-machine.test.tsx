import { afterEach, describe, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import type { Machine } from '../../../../main/contract/machine.ts';
import { useMachineFile } from '../../../../renderer/client/use-machine-detail.ts';
import { verbsOf } from '../../../../renderer/components/machine-verbs.ts';
import { AzureSchedule } from '../../../../renderer/pages/machine/azure-schedule.tsx';
import { ConfigurationTab } from '../../../../renderer/pages/machine/configuration-tab.tsx';
import { MachineHeader } from '../../../../renderer/pages/machine/machine-header.tsx';
import { NoticeBar } from '../../../../renderer/pages/machine/notice-bar.tsx';
import { azureMachine, azureMachines, billedMachine } from '../../support/azure-story.ts';
import { type FakeBridge, fakeBridge } from '../../support/fake-bridge.ts';
import { machineOf, runningMachine } from '../../support/fleet-story.ts';
import { buttonNamed, fieldNamed, type Mounted, mount } from '../../support/mount.tsx';

let mounted: Mounted | undefined;
afterEach(() => mounted?.unmount());

async function show(machine: Machine, bridge: FakeBridge = fakeBridge([machine])): Promise<FakeBridge> {
  bridge.answer('azure.deallocate', () => null);
  bridge.answer('machine.stop', () => null);
  bridge.answer('machine.delete', () => null);
  const verbs = verbsOf(machine, undefined);
  mounted = await mount(
    <>
      <MachineHeader machine={machine} operation={undefined} verbs={verbs} />
      <NoticeBar machine={machine} verbs={verbs} />
    </>,
    bridge,
  );
  return bridge;
}
const inputsOf = (bridge: FakeBridge, name: string) =>
  bridge.asked.filter((each) => each.name === name).map(({ input }) => input);
const words = () => mounted?.page.textContent ?? '';

describe('a machine of Azure', () => {
  it('says where it is, what it costs and how old the word for its state is', async () => {
    await show(azureMachines[0] as Machine);
    for (const said of [
      'Grouprg-web',
      'Regionwesteurope',
      'Sessionshop',
      'Standard_D2s_v5',
      'Computebilled',
      'State read',
    ]) {
      expect(words()).toContain(said);
    }
  });

  it('says what it cost this month where that is known, what it covers and how old it is', async () => {
    const machine = azureMachines[0] as Machine;
    await show(machine);
    expect(words()).toContain('This month€48.14 read ');
    await mounted?.unmount();
    const file = { detail: null, crashes: [], error: null };
    mounted = await mount(<ConfigurationTab machine={machine} file={file} />, fakeBridge([machine]));
    expect(words()).toContain('Cost this month€48.14');
    expect(words()).toContain('its disks and addresses are charged apart');
  });

  it('whose cost is not known says no amount', async () => {
    await show(azureMachines[3] as Machine);
    expect(words()).not.toContain('This month');
    await mounted?.unmount();
    const machine = azureMachines[3] as Machine;
    const file = { detail: null, crashes: [], error: null };
    mounted = await mount(<ConfigurationTab machine={machine} file={file} />, fakeBridge([machine]));
    expect(words()).toContain('Cost this monthnot known');
  });

  it('that could not be read shows its old state with the age and the reason', async () => {
    await show(azureMachines[3] as Machine);
    expect(words()).toContain('ago: Azure asks this computer to wait');
    expect(words()).toContain('Computenot known');
  });

  it('has its own page without being asked what only a local machine has', async () => {
    const machine = azureMachines[0] as Machine;
    const bridge = fakeBridge([machine]);
    const asked: unknown[] = [];
    bridge.answer('machine.crashes', (input) => {
      asked.push(input);
      throw new VigilError('refused', 'It is a machine of Azure.');
    });
    const Page = () => <ConfigurationTab machine={machine} file={useMachineFile(machine)} />;
    mounted = await mount(<Page />, bridge);
    await mounted.eventually(() => expect(inputsOf(bridge, 'machine.get')).toEqual([{ machine: machine.id }]));
    expect(asked).toEqual([]);
    expect(words()).not.toContain('It is a machine of Azure.');
  });

  it('shows everything Azure says of it among what it is made of, and nothing of a local machine', async () => {
    const machine = azureMachines[0] as Machine;
    mounted = await mount(
      <ConfigurationTab machine={machine} file={{ detail: null, crashes: [], error: null }} />,
      fakeBridge([machine]),
    );
    expect(words()).toContain('In Azure');
    expect(words()).toContain('Last changeSucceeded');
    expect(words()).not.toContain('MAC');
  });

  it('offers its verbs where its capabilities say so, and a local one none of them', () => {
    const own = ['deallocate', 'redeploy', 'resize', 'run-command', 'tags'] as const;
    const of = (machine: Machine) => own.filter((verb) => verbsOf(machine, undefined).includes(verb));
    expect(of(azureMachine(1, 'a'))).toEqual(own);
    expect(of(azureMachine(1, 'a', { capabilities: ['start', 'resize'] }))).toEqual(['resize']);
    expect(of(azureMachines[4] as Machine)).toEqual([]);
    expect(of(runningMachine(2, 'b', 5))).toEqual([]);
    expect(of(machineOf(3, 'c'))).toEqual([]);
  });
});

describe('a machine that is off and paid for', () => {
  it('says so loudly, and one press deallocates it', async () => {
    const bridge = await show(billedMachine);
    expect(words()).toContain('Stopped, still billed.');
    expect(words()).toContain('billed although it is off');
    await mounted?.press(mounted.page.querySelector('.notice-bar button'));
    expect(inputsOf(bridge, 'azure.deallocate')).toEqual([{ machine: billedMachine.id }]);
  });

  it('says nothing of the kind once it is deallocated', async () => {
    await show(azureMachines[2] as Machine);
    expect(words()).not.toContain('still billed');
    expect(mounted?.page.querySelector('.notice-bar')).toBeNull();
  });
});

describe('what interrupts or costs', () => {
  it('is asked first: a stop offers to deallocate, by both names', async () => {
    const machine = azureMachine(1, 'a');
    const bridge = await show(machine);
    await mounted?.press(buttonNamed('Stop…'));
    expect(document.body.textContent).toContain('is still billed');
    expect(inputsOf(bridge, 'machine.stop')).toEqual([]);
    await mounted?.press(buttonNamed('Stop, keep paying'));
    expect(inputsOf(bridge, 'machine.stop')).toEqual([{ machine: machine.id }]);
    await mounted?.press(buttonNamed('Stop…'));
    await mounted?.press(buttonNamed('Deallocate'));
    expect(inputsOf(bridge, 'azure.deallocate')).toEqual([{ machine: machine.id }]);
  });

  it('is asked first: a machine that runs is not deallocated by one press', async () => {
    const bridge = await show(azureMachine(1, 'a'));
    await mounted?.press(buttonNamed('Deallocate…'));
    expect(inputsOf(bridge, 'azure.deallocate')).toEqual([]);
    await mounted?.press(buttonNamed('Let it run'));
    expect(inputsOf(bridge, 'azure.deallocate')).toEqual([]);
  });

  it('has to be named where there is no way back', async () => {
    const machine = azureMachine(1, 'a');
    const bridge = fakeBridge([machine]);
    bridge.answer('machine.delete', () => null);
    const { DeleteInAzureDialog } = await import('../../../../renderer/components/azure-dialogs.tsx');
    let deleted = 0;
    mounted = await mount(
      <DeleteInAzureDialog
        machine={machine}
        onClose={() => undefined}
        onDelete={() => {
          deleted += 1;
        }}
      />,
      bridge,
    );
    await mounted.press(buttonNamed('Delete'));
    expect(deleted).toBe(0);
    await mounted.type(fieldNamed('Its name, to be sure'), 'a');
    await mounted.press(buttonNamed('Delete'));
    expect(deleted).toBe(1);
  });
});

describe('the schedule of a machine', () => {
  const machine = azureMachine(1, 'a');
  const view = {
    machine: 'a',
    schedule: 'stop 19:00, Europe/Berlin',
    machineId: machine.id,
    zone: 'Europe/Berlin',
    next: { verb: 'deallocate', at: '2026-03-18T18:00:00.000Z' },
  };

  it('says what comes next, is changed where it has no fault, and taken away by emptying it', async () => {
    const bridge = fakeBridge([machine]);
    bridge.answer('azure.schedules', () => [view]);
    bridge.answer('azure.schedule', ({ schedule }) => (schedule === undefined ? [] : [{ ...view, schedule }]));
    mounted = await mount(<AzureSchedule machine={machine} />, bridge);
    await mounted.eventually(() => expect(words()).toMatch(/is deallocated .*18.*that of Europe\/Berlin/));
    await mounted.type(fieldNamed('Schedule'), 'stop 25:00');
    await mounted.press(buttonNamed('Save'));
    expect(inputsOf(bridge, 'azure.schedule')).toEqual([]);
    await mounted.type(fieldNamed('Schedule'), 'start 08:00, stop 19:00, mon-fri');
    await mounted.press(buttonNamed('Save'));
    await mounted.eventually(() => expect(buttonNamed('Save')?.title).toBe('Nothing was changed.'));
    await mounted.type(fieldNamed('Schedule'), '');
    await mounted.press(buttonNamed('Remove'));
    await mounted.eventually(() => expect(words()).toContain('by hand only'));
    expect(inputsOf(bridge, 'azure.schedule')).toEqual([
      { machine: machine.id, schedule: 'start 08:00, stop 19:00, mon-fri' },
      { machine: machine.id },
    ]);
  });
});

describe('a machine that idles', () => {
  it('is advised in words, and asked before anything is done', async () => {
    const bridge = await show(azureMachines[0] as Machine);
    expect(words()).toContain('Idle. Its CPU stayed under 5 % for 7 days');
    await mounted?.press(mounted.page.querySelector('.notice-bar button'));
    expect(inputsOf(bridge, 'azure.deallocate')).toEqual([]);
    expect(document.body.textContent).toContain('What runs in it ends.');
  });
});

describe('a script in a machine', () => {
  it('is run once, and what it printed is shown', async () => {
    const machine = azureMachine(1, 'a');
    const bridge = fakeBridge([machine]);
    bridge.answer('azure.run-command', () => ({ id: 'op' }));
    bridge.answer('operation.wait', () => ({ state: 'done', result: { output: 'up 3 days\nload 0.1' } }));
    const { RunScriptDialog } = await import('../../../../renderer/components/run-script-dialog.tsx');
    mounted = await mount(<RunScriptDialog machine={machine} onClose={() => undefined} />, bridge);
    await mounted.press(buttonNamed('Run'));
    expect(inputsOf(bridge, 'azure.run-command')).toEqual([]);
    await mounted.type(fieldNamed('Script'), 'uptime');
    await mounted.press(buttonNamed('Run'));
    await mounted.eventually(() =>
      expect(document.querySelector('.script-output')?.textContent).toBe('up 3 days\nload 0.1'),
    );
    expect(inputsOf(bridge, 'azure.run-command')).toEqual([{ machine: machine.id, script: 'uptime' }]);
  });
});
