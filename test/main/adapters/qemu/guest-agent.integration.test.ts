import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createQemuGuest, type QemuGuest } from '../../../../main/adapters/qemu/guest-agent.ts';
import { createAgentLanes } from '../../../../main/adapters/qemu/guest-agent-lanes.ts';
import type { Clock } from '../../../../main/engine/ports/clock.ts';
import type { ProvidedMachine } from '../../../../main/engine/ports/machine-provider.ts';
import { type AgentDouble, agentDouble } from '../../../support/agent-double.ts';
import { eventually } from '../../../support/eventually.ts';
import { firmwareMachine, recordOf } from '../../../support/qemu.ts';
import { createRealClock } from '../../../support/real-clock.ts';
import { recordingLog } from '../../../support/recording-log.ts';

/** An agent behind a socket, which behaves as told, and the guest as a provider asks for it. */

const clock = createRealClock();
/** What is 5 s there is 100 ms here. */
const hasty: Clock = { ...clock, after: (delayMs, action) => clock.after(delayMs / 50, action) };

let folder: string;
let agent: AgentDouble;
let machine: ProvidedMachine;
let portIsOpen: boolean;
let isUp: boolean;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'vq-agent-'));
  agent = await agentDouble(path.join(folder, 'agent.sock'));
  machine = firmwareMachine();
  portIsOpen = true;
  isUp = true;
  for (const [command, answer] of Object.entries(honest)) agent.answers.set(command, { return: answer });
});
afterEach(async () => {
  await agent.end();
  rmSync(folder, { recursive: true });
});

const honest = {
  'guest-fsfreeze-status': 'thawed',
  'guest-get-osinfo': { id: 'debian', name: 'Debian GNU/Linux', 'pretty-name': 'Debian GNU/Linux 12 (bookworm)' },
  'guest-get-host-name': { 'host-name': 'web' },
  'guest-network-get-interfaces': [
    { name: 'lo', 'ip-addresses': [{ 'ip-address': '127.0.0.1', 'ip-address-type': 'ipv4', prefix: 8 }] },
    { name: 'eth0', 'ip-addresses': [{ 'ip-address': '10.0.2.15', 'ip-address-type': 'ipv4', prefix: 24 }] },
  ],
  'guest-get-fsinfo': [{ name: 'vda', mountpoint: '/', type: 'ext4', 'used-bytes': 25, 'total-bytes': 100, disk: [] }],
};

/** The guest of a machine whose monitor says what `portIsOpen` says. */
function guestWith(time: Clock = clock): QemuGuest {
  const record = {
    ...recordOf(
      JSON.stringify({
        version: 1,
        identity: { pid: 2, startTime: 1, bootId: 'b' },
        startedAt: '',
        paths: { folder, pidFile: '', qmp: '', monitor: '', serial: '', agent: path.join(folder, 'agent.sock') },
        generation: 1,
        accelerator: 'tcg',
        acceleratorReason: '',
        machineType: 'pc',
        qemuVersion: '7.2',
        hostPorts: [],
        consoleFrom: 0,
      }),
    ),
  };
  const client = {
    isOpen: true,
    execute: async () => [{ label: 'agent', 'frontend-open': portIsOpen }],
    close: () => {},
  };
  return createQemuGuest({
    clock: time,
    log: recordingLog(),
    agents: createAgentLanes(time),
    knownLive: (id) => (isUp ? { id, generation: 1, state: 'running', client, record } : null),
  });
}

const allThatIsTrue = {
  present: true,
  os: 'Debian GNU/Linux 12 (bookworm)',
  hostName: 'web',
  addresses: [{ interface: 'eth0', address: '10.0.2.15' }],
  fileSystems: [{ mount: '/', type: 'ext4', usedBytes: 25, totalBytes: 100 }],
};

describe('an honest agent', () => {
  it('tells what there is to know, and its connection is not held open', async () => {
    expect(await guestWith().look(machine)).toEqual(allThatIsTrue);
    await eventually('the connection to be gone', () => agent.open === 0);
  });

  it('that knows only some of the questions is present all the same', async () => {
    agent.answers.delete('guest-get-fsinfo');
    agent.answers.delete('guest-get-osinfo');
    agent.repeatsId = false;
    expect(await guestWith().look(machine)).toEqual({ ...allThatIsTrue, os: null, fileSystems: [] });
  });

  it('is asked by one client at a time, whoever asks', async () => {
    const guest = guestWith();
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, agent.open);
    }, 1);
    await Promise.all([guest.look(machine), guest.look(machine), guest.setTime(machine), guest.look(machine)]);
    clearInterval(watch);
    expect([most, agent.connections]).toEqual([1, 4]);
  });

  it('is not asked where the monitor says that nobody listens, and nothing waits', async () => {
    portIsOpen = false;
    const guest = guestWith();
    expect(await guest.look(machine)).toEqual({ present: false, reason: 'No guest agent listens in it.' });
    expect([await guest.freeze(machine), await guest.setTime(machine)]).toEqual([false, false]);
    await guest.thaw(machine);
    isUp = false;
    expect(await guest.look(machine)).toEqual({ present: false, reason: 'It does not run.' });
    expect(agent.connections).toBe(0);
  });

  it('sets the clock, and is believed when the clock says so', async () => {
    agent.answers.set('guest-set-time', { error: 'hwclock failed to set hardware clock to system time' });
    agent.answers.set('guest-get-time', { return: Date.now() * 1e6 });
    expect(await guestWith().setTime(machine)).toBe(true);
    agent.answers.set('guest-get-time', { return: (Date.now() - 60_000) * 1e6 });
    expect(await guestWith().setTime(machine)).toBe(false);
  });
});

describe('an agent that is silent', () => {
  it.each(['guest-fsfreeze-status', 'guest-get-osinfo', 'guest-get-fsinfo'])(
    'from %s on is no data, with the reason',
    async (command) => {
      agent.answers.set(command, { silence: true });
      expect(await guestWith(hasty).look(machine)).toEqual({
        present: false,
        reason: 'The guest agent did not answer within 5 s.',
      });
      await eventually('the connection to be gone', () => agent.open === 0);
      expect(clock.waiting).toBe(0);
    },
  );

  it('from the start is never asked anything', async () => {
    agent.sync = { silence: true };
    expect(await guestWith(hasty).look(machine)).toMatchObject({
      present: false,
      reason: expect.stringMatching('5 s'),
    });
    expect(agent.words).toEqual([]);
  });

  it('gives way to a shutdown, which does not wait for it', async () => {
    agent.answers.set('guest-get-osinfo', { silence: true });
    const lanes = createAgentLanes(clock);
    const asking = lanes.use(
      path.join(folder, 'agent.sock'),
      { timeoutMs: 60_000, totalMs: 60_000, givesWay: true },
      (session) => session.execute('guest-get-osinfo'),
    );
    asking.catch(() => {});
    await eventually('the question', () => agent.words.includes('guest-get-osinfo'));
    await lanes.powerOff(path.join(folder, 'agent.sock'), { timeoutMs: 1000 });
    await expect(asking).rejects.toMatchObject({ code: 'cancelled' });
    await eventually('the word', () => agent.words.includes('guest-shutdown'));
  });
});

describe('an agent that lies', () => {
  const delimited = (line: string) => Buffer.concat([Buffer.of(0xff), Buffer.from(`${line}\n`)]);
  const lines = (count: number) => '{"return":1}\n'.repeat(count);

  it.each<[string, () => void]>([
    ['rubbish', () => (agent.greeting = Buffer.from('rubbish\n\x00\xff\xfe{{{\n[]\n"x"\nnull\n'))],
    ['the answers to somebody else', () => (agent.greeting = lines(1000))],
    ['a number that is not ours', () => (agent.greeting = delimited('{"return":12345}'))],
  ])('with %s first is believed only after the number of this moment', async (_about, prepare) => {
    // An older agent: only the number tells whose answer it is.
    agent.repeatsId = false;
    prepare();
    expect(await guestWith().look(machine)).toEqual(allThatIsTrue);
  });

  it.each<[string, Buffer | string, RegExp, Clock]>([
    ['a line without an end', 'x'.repeat(300 * 1024), /a line longer than 262144 bytes/, clock],
    ['lines without an end', lines(100_000), /more than 1048576 bytes/, clock],
    ['another number', delimited('{"return":7}'), /did not answer within 5 s/, hasty],
    ['nothing that is JSON', '}{\n'.repeat(100), /did not answer within 5 s/, hasty],
  ])('with %s is no data', async (_about, bytes, reason, time) => {
    agent.sync = { bytes };
    expect(await guestWith(time).look(machine)).toEqual({ present: false, reason: expect.stringMatching(reason) });
    await eventually('the connection to be gone', () => agent.open === 0);
  });

  it('with late answers to earlier questions is not believed', async () => {
    const stale = { return: { 'host-name': 'stale' }, id: 1 };
    agent.answers.set('guest-get-osinfo', {
      bytes: `${JSON.stringify(stale)}\n${JSON.stringify({ return: honest['guest-get-osinfo'], id: 2 })}\n${JSON.stringify(stale)}\n`,
    });
    expect(await guestWith().look(machine)).toEqual(allThatIsTrue);
  });

  it('with values of every wrong kind says nothing', async () => {
    const wrong: readonly unknown[] = [null, 7, 'x', [], {}, [null], [[[]]], { name: {} }, [{ name: 'eth0' }]];
    for (const value of wrong) {
      for (const command of Object.keys(honest)) agent.answers.set(command, { return: value });
      expect(await guestWith().look(machine)).toEqual({
        present: true,
        os: null,
        hostName: null,
        addresses: [],
        fileSystems: [],
      });
    }
  });
});

describe('holding the writes of a guest', () => {
  beforeEach(() => {
    agent.answers.set('guest-fsfreeze-freeze', { return: 1 });
    agent.answers.set('guest-fsfreeze-thaw', { return: 1 });
  });
  const status = (word: string) => agent.answers.set('guest-fsfreeze-status', { return: word });

  it('is said to hold when the agent says twice that it does; nobody looks meanwhile', async () => {
    const guest = guestWith();
    status('frozen');
    expect(await guest.freeze(machine)).toBe(true);
    expect(await guest.look(machine)).toBeNull();
    status('thawed');
    await guest.thaw(machine);
    expect(await guest.look(machine)).toEqual(allThatIsTrue);
    expect(clock.waiting).toBe(0);
  });

  it('that the agent does not confirm is none, and is taken back', async () => {
    expect(await guestWith().freeze(machine)).toBe(false);
    expect(agent.words.slice(-2)).toEqual(['guest-fsfreeze-thaw', 'guest-fsfreeze-status']);
    expect(clock.waiting).toBe(0);
  });

  it('that is not answered may come about late: it is taken back until that is confirmed', async () => {
    agent.answers.set('guest-fsfreeze-freeze', { silence: true });
    agent.answers.set('guest-fsfreeze-thaw', { silence: true });
    const guest = guestWith(hasty);
    expect(await guest.freeze(machine)).toBe(false);
    await eventually('a second try', () => agent.words.filter((word) => word === 'guest-fsfreeze-thaw').length >= 2);
    agent.answers.set('guest-fsfreeze-thaw', { return: 1 });
    await eventually('the end of it', async () => (await guest.look(machine))?.present === true);
  });

  it('lets go by itself when nobody does', async () => {
    status('frozen');
    const guest = guestWith(hasty);
    expect(await guest.freeze(machine)).toBe(true);
    status('thawed');
    await eventually('the word to let go', () => agent.words.includes('guest-fsfreeze-thaw'));
    await eventually('the end of it', async () => (await guest.look(machine))?.present === true);
  });

  it('lets go when the engine ends', async () => {
    status('frozen');
    const guest = guestWith();
    expect(await guest.freeze(machine)).toBe(true);
    status('thawed');
    await guest.close();
    expect(agent.words).toContain('guest-fsfreeze-thaw');
    expect(clock.waiting).toBe(0);
  });

  it('that an earlier life of the engine left is let go at the first look', async () => {
    status('frozen');
    expect(await guestWith().look(machine)).toEqual(allThatIsTrue);
    expect(agent.words.slice(0, 2)).toEqual(['guest-fsfreeze-status', 'guest-fsfreeze-thaw']);
  });

  it('is over when the thaw is confirmed, and told when it is not', async () => {
    const guest = guestWith(hasty);
    status('frozen');
    expect(await guest.freeze(machine)).toBe(true);
    await expect(guest.thaw(machine)).rejects.toMatchObject({ code: 'refused' });
    status('thawed');
    await eventually('the end of it', async () => (await guest.look(machine))?.present === true);
  });
});
