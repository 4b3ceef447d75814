import { afterEach, describe, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import type { Machine } from '../../../../main/contract/machine.ts';
import { MachinePage } from '../../../../renderer/pages/machine/machine-page.tsx';
import { azureMachine, storyBootLog } from '../../support/azure-story.ts';
import { type FakeBridge, fakeBridge } from '../../support/fake-bridge.ts';
import { machineOf } from '../../support/fleet-story.ts';
import { buttonNamed, type Mounted, mount } from '../../support/mount.tsx';

let mounted: Mounted | undefined;
afterEach(() => mounted?.unmount());

const shot = { machine: 'web', at: null, width: 1024, height: 768, bytes: 7, path: null, png: 'cGljdHVyZQ==' };

async function show(machine: Machine, bridge: FakeBridge = fakeBridge([machine])): Promise<FakeBridge> {
  bridge.answer('azure.boot-log', () => ({ text: storyBootLog }));
  bridge.answer('machine.screenshot', () => shot);
  mounted = await mount(
    <MachinePage route={{ page: 'machine', id: machine.id, tab: 'console', entry: null, at: null }} />,
    bridge,
  );
  return bridge;
}
const words = () => mounted?.page.textContent ?? '';
const times = (bridge: FakeBridge, name: string) => bridge.asked.filter((each) => each.name === name).length;
const choose = async (label: string) => {
  const labels = [...(mounted?.page.querySelectorAll('.console-tools label.segment') ?? [])];
  await mounted?.press(labels.find(({ textContent }) => textContent === label)?.querySelector('input'));
};

describe('the console of a machine of Azure', () => {
  it('shows the end of what it wrote, and asks again only when a person does', async () => {
    const bridge = await show(azureMachine(1, 'web'));
    await mounted?.eventually(() => expect(words()).toContain('Kernel panic - not syncing'));
    expect(times(bridge, 'azure.boot-log')).toBe(1);
    await mounted?.press(buttonNamed('Read again'));
    expect(times(bridge, 'azure.boot-log')).toBe(2);
    expect(times(bridge, 'machine.screenshot')).toBe(0);
  });

  it('shows its screen as the platform took it, and what goes wrong beside the picture that is there', async () => {
    const bridge = await show(azureMachine(1, 'web'));
    await choose('Screen');
    await mounted?.eventually(() =>
      expect(mounted?.page.querySelector('img')?.getAttribute('src')).toBe('data:image/png;base64,cGljdHVyZQ=='),
    );
    expect(words()).toContain('Azure does not say when it took it, 1024 × 768');
    bridge.answer('machine.screenshot', () => {
      throw new VigilError('refused', 'Azure has no picture of the screen of this machine yet.');
    });
    await mounted?.press(buttonNamed('Read again'));
    await mounted?.eventually(() =>
      expect(words()).toContain('Azure has no picture of the screen of this machine yet.'),
    );
    expect(mounted?.page.querySelector('img')).not.toBeNull();
  });

  it('says how it is switched on where Azure keeps none, and asks for nothing', async () => {
    const bridge = await show(azureMachine(1, 'web', {}, { console: false, resourceGroup: 'rg-lab' }));
    expect(words()).toContain('az vm boot-diagnostics enable --resource-group rg-lab --name web');
    expect(times(bridge, 'azure.boot-log')).toBe(0);
  });

  it('is no tab of a host that only answers SSH', async () => {
    await show(machineOf(3, 'nas', { provider: 'ssh', capabilities: ['delete'] }));
    expect([...(mounted?.page.querySelectorAll('[role="tab"]') ?? [])].map((tab) => tab.textContent)).not.toContain(
      'Console',
    );
  });
});
