import { afterEach, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import { verbsOf } from '../../../../renderer/components/machine-verbs.ts';
import { MachineHeader } from '../../../../renderer/pages/machine/machine-header.tsx';
import { fakeBridge } from '../../support/fake-bridge.ts';
import { runningMachine, storyId } from '../../support/fleet-story.ts';
import { buttonNamed, type Mounted, mount } from '../../support/mount.tsx';

let mounted: Mounted;
afterEach(() => mounted.unmount());

async function open(capabilities: Parameters<typeof runningMachine>[3]) {
  const machine = runningMachine(1, 'a', 5, capabilities);
  const bridge = fakeBridge([machine]);
  const verbs = verbsOf(machine, undefined);
  mounted = await mount(<MachineHeader machine={machine} operation={undefined} verbs={verbs} />, bridge);
  return bridge;
}

it('opens a terminal with SSH, where SSH leads to the machine', async () => {
  const bridge = await open({ capabilities: ['stop', 'ssh'] });
  bridge.answer('desktop.open-terminal', () => {
    throw new VigilError('refused', 'No terminal program was found.');
  });
  await mounted.press(buttonNamed('SSH'));
  expect(bridge.asked.filter(({ name }) => name === 'desktop.open-terminal')).toEqual([
    { name: 'desktop.open-terminal', input: { machine: storyId(1) } },
  ]);
  await mounted.eventually(() => expect(document.body.textContent).toContain('No terminal program was found.'));
});

it('offers no terminal where nothing leads to SSH', async () => {
  await open({ capabilities: ['stop'] });
  expect(buttonNamed('SSH')).toBeUndefined();
});
