import { afterEach, describe, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import { AddHostPage } from '../../../../renderer/pages/add-host/add-host-page.tsx';
import { emptyHost, hostDraft, hostFaults } from '../../../../renderer/pages/add-host/host-form.ts';
import { type FakeBridge, fakeBridge } from '../../support/fake-bridge.ts';
import { hostMachine, storyId } from '../../support/fleet-story.ts';
import { buttonNamed, fieldNamed, type Mounted, mount, wordsBeside } from '../../support/mount.tsx';

describe('the form of a host', () => {
  const form = { ...emptyHost, name: 'pi', address: 'pi.example.org' };

  it.each([
    ['name', 'Pi Attic', 'A name is made of'],
    ['address', 'pi example', 'An address is a host name'],
    ['port', '70000', 'A port is 1 to 65535.'],
    ['port', '2e1', 'whole number'],
    ['user', '-oProxyCommand=x', 'A user name is'],
    ['keyFile', 'id_ed25519', 'Give the whole path'],
  ])('%s %j is a fault of that field alone', (field, value, message) => {
    const faults = hostFaults({ ...form, [field]: value });
    expect(faults.map((fault) => fault.field)).toEqual([field]);
    expect(faults[0]?.message).toContain(message);
    expect(hostDraft({ ...form, [field]: value })).toBeNull();
  });

  it('a field that nobody filled in yet is no fault, and trusts nobody by itself', () => {
    expect(hostFaults(emptyHost)).toEqual([]);
    expect(hostDraft(form)).toEqual({ name: 'pi', address: 'pi.example.org', port: 22, trustOnFirstUse: false });
  });
});

describe('adding a host', () => {
  let mounted: Mounted;
  afterEach(() => mounted.unmount());
  const add = () => buttonNamed('Add the host Ctrl Enter');
  async function open(bridge: FakeBridge = fakeBridge()): Promise<FakeBridge> {
    window.location.hash = '#/add-host';
    mounted = await mount(<AddHostPage />, bridge);
    return bridge;
  }

  it('says a fault beside its field and keeps the button locked with it', async () => {
    await open();
    await mounted.type(fieldNamed('Name'), 'pi');
    await mounted.type(fieldNamed('Address'), 'pi.example.org');
    await mounted.type(fieldNamed('Port'), '70000');
    expect(wordsBeside('Port')).toContain('A port is 1 to 65535.');
    expect(add()?.title).toContain('A port is 1 to 65535.');
  });

  it('adds what stands in the form and goes to the host; trust only by the box', async () => {
    const bridge = await open();
    bridge.answer('host.add', () => hostMachine(50, 'pi', 'pi.example.org', { lastCheck: null }));
    await mounted.type(fieldNamed('Name'), 'pi');
    await mounted.type(fieldNamed('Address'), 'pi.example.org');
    await mounted.press(mounted.page.querySelector('.form-trust input'));
    await mounted.press(add());
    expect(bridge.asked.find(({ name }) => name === 'host.add')?.input).toEqual({
      name: 'pi',
      address: 'pi.example.org',
      port: 22,
      trustOnFirstUse: true,
    });
    await mounted.eventually(() => expect(window.location.hash).toBe(`#/machines/${storyId(50)}`));
  });

  it('puts a refusal of the engine beside the field it is about', async () => {
    const bridge = await open();
    bridge.answer('host.add', () => {
      throw new VigilError('conflict', "There is a machine 'pi' already.", { field: 'name' });
    });
    await mounted.type(fieldNamed('Name'), 'pi');
    await mounted.type(fieldNamed('Address'), 'pi.example.org');
    await mounted.press(add());
    await mounted.eventually(() => expect(wordsBeside('Name')).toContain("There is a machine 'pi' already."));
  });
});
