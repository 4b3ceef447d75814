import { afterEach, describe, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import { WatchConfig } from '../../../../main/contract/lifecycle.ts';
import type { Machine } from '../../../../main/contract/machine.ts';
import { HealthTab } from '../../../../renderer/pages/machine/health-tab.tsx';
import { watchFaults, watchFormOf, watchPatch } from '../../../../renderer/pages/machine/watch-form.ts';
import { type FakeBridge, fakeBridge } from '../../support/fake-bridge.ts';
import { runningMachine, storyId, storyMachines, storyWatch } from '../../support/fleet-story.ts';
import { buttonNamed, fieldNamed, type Mounted, mount, wordsBeside } from '../../support/mount.tsx';

describe('the form of a watch', () => {
  const form = watchFormOf(null);

  it.each([
    ['check_interval_seconds', '4', 'At least 5 s.'],
    ['check_interval_seconds', 'often', 'A number of seconds.'],
    ['ssh_failure_threshold', '0', 'At least 1.'],
    ['health_check_timeout', '301', 'At most 300 s.'],
    ['start_allowance_seconds', '3601', 'At most 3600 s.'],
    ['ssh_port', '0', 'A port is 1 to 65535.'],
    ['ssh_user', 'a b', 'A user name is'],
    ['ssh_key', 'key', 'Give the whole path'],
  ] as const)('%s %j is a fault of that field alone', (field, value, message) => {
    const faults = watchFaults({ ...form, [field]: value });
    expect(faults.map((fault) => fault.field)).toEqual([field]);
    expect(faults[0]?.message).toContain(message);
  });

  it('an emptied field goes back to what holds without it', () => {
    const kept = watchFormOf(WatchConfig.parse({ check_interval_seconds: 30, ssh_host: 'pi', ssh_port: 2222 }));
    expect(watchPatch({ ...kept, check_interval_seconds: '', ssh_host: '' })).toMatchObject({
      check_interval_seconds: 60,
      ssh_host: null,
      ssh_port: 2222,
    });
  });
});

describe('the health of a machine', () => {
  let mounted: Mounted;
  afterEach(() => mounted.unmount());
  const named = (name: string): Machine => {
    const machine = storyMachines.find((each) => each.name === name);
    if (machine === undefined) throw new Error(`The story has no ${name}.`);
    return machine;
  };
  async function open(machine: Machine, bridge = fakeBridge([...storyMachines, machine])): Promise<FakeBridge> {
    mounted = await mount(<HealthTab machine={machine} crash={undefined} />, bridge);
    await mounted.eventually(() => expect(mounted.page.querySelector('.watch-form')).not.toBeNull());
    return bridge;
  }
  const words = () => mounted.page.textContent ?? '';

  it('says what is wrong, since when, how often, where, and what helps', async () => {
    await open(named('k3s-a'));
    expect(words()).toContain('SSH down');
    expect(words()).toContain('127.0.0.1:2208 does not answer.');
    expect(words()).toContain('4 of 3 in a row');
    expect(words()).toContain('ada@127.0.0.1:2208');
    expect(words()).toContain('See whether the machine is busy');
    expect(mounted.page.querySelector('.doubt')).toBeNull();
  });

  it('a changed host key is a security state with a way out, never "down"', async () => {
    await open(named('relay-berlin'));
    const doubt = mounted.page.querySelector('.doubt');
    expect(doubt?.getAttribute('role')).toBe('alert');
    expect(doubt?.textContent).toContain('Host key changed');
    expect(doubt?.textContent).toContain("ssh-keygen -R '192.0.2.17'");
    expect(mounted.page.querySelectorAll('.mark-guard').length).toBeGreaterThan(1);
    expect(mounted.page.querySelector('.facts')?.textContent).not.toMatch(/\bSSH down\b/);
  });

  it('changes how it is watched, and locks the button with the fault beside its field', async () => {
    const machine = named('gitea');
    const bridge = await open(machine);
    bridge.answer('lifecycle.enable', () => ({ ...storyWatch(machine), checkInterval: 20 }));
    expect(buttonNamed('Save')?.title).toBe('Nothing was changed.');
    await mounted.type(fieldNamed('Check every'), '2');
    expect(wordsBeside('Check every')).toContain('At least 5 s.');
    expect(buttonNamed('Save')?.title).toBe('At least 5 s.');
    await mounted.type(fieldNamed('Check every'), '20');
    await mounted.press(buttonNamed('Save'));
    expect(bridge.asked.find(({ name }) => name === 'lifecycle.enable')?.input).toMatchObject({
      machine: machine.id,
      watch: { check_interval_seconds: 20, ssh_failure_threshold: 3, ssh_host: null },
    });
    await mounted.eventually(() => expect(words()).toContain('every 20 s'));
  });

  it('switches watching off and on', async () => {
    const machine = named('gitea');
    const bridge = await open(machine);
    bridge.answer('lifecycle.disable', () => ({ ...storyWatch(machine), enabled: false }));
    await mounted.press(buttonNamed('Stop watching'));
    await mounted.eventually(() => expect(buttonNamed('Watch it')).toBeDefined());
    expect(bridge.asked.find(({ name }) => name === 'lifecycle.disable')?.input).toEqual({ machine: machine.id });
  });

  it('puts a refusal beside the field it is about', async () => {
    const machine = runningMachine(60, 'bare', 5);
    const bridge = await open(machine);
    bridge.answer('lifecycle.enable', () => {
      throw new VigilError('bad-input', "Nothing leads to SSH of 'bare'.", {
        field: 'ssh_port',
        hint: 'Name --ssh-port.',
      });
    });
    await mounted.press(buttonNamed('Watch it'));
    await mounted.eventually(() => expect(wordsBeside('SSH port')).toContain("Nothing leads to SSH of 'bare'."));
    expect(machine.id).toBe(storyId(60));
  });
});
