import { afterEach, describe, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import { WatchConfig } from '../../../../main/contract/lifecycle.ts';
import type { Machine } from '../../../../main/contract/machine.ts';
import { HealthTab } from '../../../../renderer/pages/machine/health-tab.tsx';
import { watchFaults, watchFormOf, watchPatch } from '../../../../renderer/pages/machine/watch-form.ts';
import { type FakeBridge, fakeBridge } from '../../support/fake-bridge.ts';
import { runningMachine, storyId, storyJournal, storyMachines, storyWatch } from '../../support/fleet-story.ts';
import { storyHealing, storyWhy } from '../../support/healing-story.ts';
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
    expect(watchPatch({ ...kept, check_interval_seconds: '', ssh_host: '' }, kept)).toEqual({
      check_interval_seconds: 60,
      ssh_host: null,
    });
  });
});

describe('the form of what is checked and done', () => {
  const form = watchFormOf(null);

  it.each([
    ['check_tcp', '443\n70000', '“70000”: A port is 1 to 65535.'],
    ['check_tcp', 'ssh', '“ssh”: '],
    ['check_http', 'ftp://pi/x', '“ftp://pi/x”: An address like'],
    ['services', 'nginx.service\nnginx; reboot', '“nginx; reboot”: A unit like'],
    ['heartbeat_file', 'run/x', 'A whole path'],
    ['heartbeat_max_age_seconds', '0', 'At least 1 s.'],
    ['disk_warning_percent', '0', 'At least 1 %.'],
    ['disk_warning_percent', '95', 'At most what counts as critical.'],
    ['maintenance', 'sat 22:00', '“sat 22:00”: A window like'],
    ['check_script', 'check.sh', 'Give the whole path of the script'],
  ] as const)('%s %j is a fault of that field alone, with the line that is meant', (field, value, message) => {
    const faults = watchFaults({ ...form, [field]: value });
    expect(faults.map((fault) => fault.field)).toEqual([field]);
    expect(faults[0]?.message).toContain(message);
    expect(watchPatch({ ...form, [field]: value }, form)).toBeNull();
  });

  it('a step back to a snapshot needs the name of the snapshot', () => {
    const ladder = [...form.ladder, 'revert'] as const;
    expect(watchFaults({ ...form, ladder }).map(({ field }) => field)).toEqual(['revert_snapshot']);
    expect(watchPatch({ ...form, ladder, revert_snapshot: 'clean' }, form)).toEqual({
      ladder,
      revert_snapshot: 'clean',
    });
  });

  it('values of a list stand on lines of their own, and empty lines are none', () => {
    const kept = watchFormOf(WatchConfig.parse({ check_tcp: [80, 443], services: ['a.service'] }));
    expect(kept.check_tcp).toBe('80\n443');
    expect(watchPatch({ ...kept, check_tcp: '\n 443 \n\n' }, kept)).toEqual({ check_tcp: [443] });
    expect(watchPatch({ ...kept, services: '' }, kept)).toEqual({ services: [] });
    expect(watchPatch(kept, kept)).toEqual({});
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
    expect(bridge.asked.find(({ name }) => name === 'lifecycle.enable')?.input).toEqual({
      machine: machine.id,
      watch: { check_interval_seconds: 20 },
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

  it('lists every check with its result, its count and how long it took', async () => {
    await open(named('gitea'));
    const rows = [...mounted.page.querySelectorAll('.checks tbody tr')].map((row) => row.textContent);
    expect(rows).toHaveLength(5);
    expect(rows[0]).toMatch(/^SSH127\.0\.0\.1:\d+Well .*0 of 3214 ms/);
    expect(rows[2]).toContain('1.5 s');
    expect(rows[3]).toMatch(/^Disk\/var\/lib\/giteaDegraded 83 % is used.*Make room.*1 of 3/);
  });

  it('says what is decided, who spoke, when it is looked at again, and leads to the entry', async () => {
    const machine = named('k3s-a');
    await open(machine);
    await mounted.eventually(() => expect(words()).toContain('It is not healed'));
    expect(words()).toContain('wait before a restart');
    expect(words()).toContain('Before its next restart it waits 40 s.');
    expect(words()).toMatch(/Looked at again at .+ at the latest\./);
    expect(words()).toContain('2 of 6 used, 2 of them in the last hour');
    const link = [...mounted.page.querySelectorAll('a')].find((each) => each.textContent?.includes('Why?'));
    expect(link?.getAttribute('href')).toContain('399');
    expect(buttonNamed('Release')).toBeUndefined();
  });

  it('says of a dry run that it would have given up, not that it has', async () => {
    const machine = named('vpn-gw');
    const bridge = fakeBridge([...storyMachines, machine]);
    const healing = storyHealing(machine) ?? undefined;
    if (healing === undefined) throw new Error('it is not watched');
    bridge.answer('machine.why', () => ({ ...storyWhy(machine), healing: { ...healing, dryRun: true } }));
    await open(machine, bridge);
    await mounted.eventually(() => expect(words()).toContain('Dry run: Vigil would give up on it'));
    expect(words()).not.toContain('has given up');
  });

  it('a machine that was given up on is released by a person', async () => {
    const machine = named('vpn-gw');
    const bridge = await open(machine);
    await mounted.eventually(() => expect(words()).toContain('Vigil has given up on it'));
    expect(words()).not.toContain('would give up');
    bridge.answer('lifecycle.release', () => null);
    bridge.answer('machine.why', () => ({ ...storyWhy(machine), healing: storyHealing(named('gitea')) }));
    await mounted.press(buttonNamed('Release'));
    await mounted.eventually(() => expect(buttonNamed('Release')).toBeUndefined());
    expect(bridge.asked.find(({ name }) => name === 'lifecycle.release')?.input).toEqual({ machine: machine.id });
    expect(words()).toContain('0 of 6 used');
  });

  it('a decision that comes by itself is shown', async () => {
    const machine = named('k3s-a');
    const bridge = await open(machine);
    await mounted.eventually(() => expect(words()).toContain('It is not healed'));
    bridge.answer('machine.why', () => ({ ...storyWhy(machine), sentences: ['Something new was decided.'] }));
    const [entry] = storyJournal;
    if (entry !== undefined)
      bridge.publish('journal.appended', { ...entry, machineId: machine.id, action: 'healing.done' });
    await mounted.eventually(() => expect(words()).toContain('Something new was decided.'));
  });

  it('shows what a policy would have done before it is chosen, and arms it with nothing else changed', async () => {
    const machine = named('gitea');
    const bridge = await open(machine);
    expect(mounted.page.querySelector('.rehearsal')).toBeNull();
    await mounted.press(radioNamed('On failure'));
    await mounted.eventually(() => expect(words()).toContain('made 1 restart'));
    expect(bridge.asked.find(({ name }) => name === 'lifecycle.rehearse')?.input).toEqual({
      machine: machine.id,
      policy: 'on-failure',
      ladder: ['restart-unit', 'reboot', 'restart', 'hard-restart'],
      days: 30,
    });
    expect(mounted.page.querySelector('.rehearsal')?.textContent).toContain('someone worked on it');
    await mounted.press(checkboxNamed('Restart it by force'));
    await mounted.eventually(() =>
      expect(bridge.asked.findLast(({ name }) => name === 'lifecycle.rehearse')?.input).toMatchObject({
        ladder: ['restart-unit', 'reboot', 'restart'],
      }),
    );
    await mounted.press(checkboxNamed('Restart it by force'));
    bridge.answer('lifecycle.enable', () => ({
      ...storyWatch(machine),
      policy: 'on-failure',
      config: WatchConfig.parse({ restart_policy: 'on-failure' }),
    }));
    await mounted.press(buttonNamed('Save'));
    expect(bridge.asked.find(({ name }) => name === 'lifecycle.enable')?.input).toEqual({
      machine: machine.id,
      watch: { restart_policy: 'on-failure' },
    });
    await mounted.eventually(() => expect(mounted.page.querySelector('.rehearsal')).toBeNull());
  });

  it('chooses and orders what may be tried', async () => {
    const machine = named('gitea');
    const bridge = await open(machine);
    bridge.answer('lifecycle.enable', () => storyWatch(machine));
    await mounted.press(checkboxNamed('Reboot it from inside'));
    await mounted.press(buttonNamed('Try “restart it by force” earlier'));
    expect(buttonNamed('Try “restart its unit” earlier')?.title).toBe('It is tried first.');
    await mounted.press(buttonNamed('Save'));
    expect(bridge.asked.find(({ name }) => name === 'lifecycle.enable')?.input).toEqual({
      machine: machine.id,
      watch: { ladder: ['restart-unit', 'hard-restart', 'restart'] },
    });
  });

  it('a fault in one line is told beside its field, the engine’s too', async () => {
    const machine = named('gitea');
    const bridge = await open(machine);
    await mounted.type(fieldNamed('TCP ports'), '443\nhttps');
    expect(wordsBeside('TCP ports')).toContain('“https”');
    expect(buttonNamed('Save')?.getAttribute('aria-disabled')).toBe('true');
    await mounted.type(fieldNamed('TCP ports'), '443');
    await mounted.type(fieldNamed('Depends on'), 'nowhere');
    bridge.answer('lifecycle.enable', () => {
      throw new VigilError('bad-input', "There is no machine 'nowhere'.", { field: 'watch.depends_on.0' });
    });
    await mounted.press(buttonNamed('Save'));
    await mounted.eventually(() => expect(wordsBeside('Depends on')).toContain("There is no machine 'nowhere'."));
  });
});

function radioNamed(label: string): HTMLElement | undefined {
  return [...document.querySelectorAll<HTMLElement>('label.segment')].find((each) => each.textContent === label);
}

function checkboxNamed(label: string): HTMLInputElement | null | undefined {
  const found = [...document.querySelectorAll('label.checkbox')].find((each) => each.textContent === label);
  return found?.querySelector('input');
}
