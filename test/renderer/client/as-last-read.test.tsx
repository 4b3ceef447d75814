import { afterEach, describe, expect, it } from 'vitest';
import type { Machine } from '../../../main/contract/machine.ts';
import { asLastRead, useMachineFile } from '../../../renderer/client/use-machine-detail.ts';
import { MachineHeader } from '../../../renderer/pages/machine/machine-header.tsx';
import { azureMachines } from '../support/azure-story.ts';
import { fakeBridge } from '../support/fake-bridge.ts';
import { type Mounted, mount } from '../support/mount.tsx';

let mounted: Mounted | undefined;
afterEach(() => mounted?.unmount());
const words = () => mounted?.page.textContent ?? '';

describe('a machine of Azure on its own page', () => {
  it('says how young the word is, also when a look found nothing new', async () => {
    const machine = azureMachines[0] as Machine;
    const bridge = fakeBridge([machine]);
    let readAt = Date.now() - 190_000;
    bridge.answer('machine.get', () => ({
      machine: { ...machine, azure: { ...machine.azure, observedAt: new Date(readAt).toISOString() } },
    }));
    const Header = () => (
      <MachineHeader machine={asLastRead(machine, useMachineFile(machine))} operation={undefined} verbs={[]} />
    );
    mounted = await mount(<Header />, bridge);
    await mounted.eventually(() => expect(words()).toContain('State read3 min'));
    readAt = Date.now();
    bridge.publish('azure.read', { at: new Date(readAt).toISOString() });
    await mounted.eventually(() => expect(words()).toContain('State readnow'));
  });
});
