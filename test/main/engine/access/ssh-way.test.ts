import { describe, expect, it } from 'vitest';
import { sshWay } from '../../../../main/engine/access/ssh-way.ts';
import type { SshTarget } from '../../../../main/engine/ports/ssh.ts';
import { engineUnderTest, someone } from '../../../support/engine-under-test.ts';

const target: SshTarget = {
  host: '127.0.0.1',
  port: 2222,
  user: 'ada',
  keyFile: null,
  hostKeyAlias: null,
  trustOnFirstUse: false,
};
const optionsOf = (command: readonly string[]) =>
  command.flatMap((word, at) => (command[at - 1] === '-o' ? [word] : []));

describe('the command line of ssh', () => {
  it("goes where the health checks go, with the person's own host keys first", () => {
    expect(sshWay('demo', target, '/home/a/.vigil')).toEqual({
      machine: 'demo',
      host: '127.0.0.1',
      port: 2222,
      user: 'ada',
      keyFile: null,
      knownHostsFile: '/home/a/.vigil/known_hosts',
      command: [
        ...['ssh', '-p', '2222', '-l', 'ada'],
        ...['-o', 'UserKnownHostsFile=~/.ssh/known_hosts ~/.ssh/known_hosts2 "/home/a/.vigil/known_hosts"'],
        ...['-o', 'StrictHostKeyChecking=ask', '127.0.0.1'],
      ],
    });
  });

  it('keeps a key that is taken on trust in our own file, under the name of the machine', () => {
    const way = sshWay('demo', { ...target, trustOnFirstUse: true, hostKeyAlias: 'vigil-1' }, '/h');
    expect(optionsOf(way.command)).toEqual([
      'UserKnownHostsFile="/h/known_hosts" ~/.ssh/known_hosts ~/.ssh/known_hosts2',
      'HostKeyAlias=vigil-1',
      'StrictHostKeyChecking=accept-new',
    ]);
  });

  it('offers one key alone when one is named, whatever its file is called', () => {
    const way = sshWay('demo', { ...target, keyFile: '/keys/100% mine/id' }, '/a home');
    expect(optionsOf(way.command).slice(0, 2)).toEqual(['IdentityFile="/keys/100%% mine/id"', 'IdentitiesOnly=yes']);
  });

  it.each([
    ['an address that is an option', { ...target, host: '-oProxyCommand=id' }, '/h'],
    ['a key file with a quote', { ...target, keyFile: '/k"x' }, '/h'],
    ['a home with a variable', target, '/h$'.concat('{HOME}')],
  ])('refuses %s', (_about, hostile, home) => {
    expect(() => sshWay('demo', hostile, home)).toThrow(expect.objectContaining({ code: 'refused' }));
  });
});

describe('the way into a machine', () => {
  const forwards = [{ host: 2222, guest: 22 }];
  const small = { name: 'demo', memoryMib: 64, diskMib: 16 };

  it('is its forward to port 22, while it runs', async () => {
    const { engine, create } = await engineUnderTest();
    await create({ ...small, forwards, start: true });
    const way = await engine.handlers['ssh.target']({ machine: 'demo' }, someone);
    expect(way).toMatchObject({ machine: 'demo', host: '127.0.0.1', port: 2222, user: 'dev' });
    const [machine] = await engine.handlers['machine.list']({}, someone);
    expect(machine?.capabilities).toEqual(expect.arrayContaining(['ssh', 'screenshot']));
  });

  it('is what the watching was told', async () => {
    const { engine, create } = await engineUnderTest();
    await create({ ...small, forwards, start: true });
    await engine.handlers['lifecycle.enable'](
      { machine: 'demo', watch: { ssh_host: 'pi', ssh_port: 2022, ssh_user: 'eve', ssh_trust_on_first_use: true } },
      someone,
    );
    const way = await engine.handlers['ssh.target']({ machine: 'demo' }, someone);
    expect(way).toMatchObject({ host: 'pi', port: 2022, user: 'eve' });
    expect(way.command.join(' ')).toContain('HostKeyAlias=vigil-');
  });

  it('is the address of an SSH host', async () => {
    const { engine } = await engineUnderTest();
    await engine.handlers['host.add']({ name: 'pi', address: '192.0.2.7', port: 22, trustOnFirstUse: false }, someone);
    expect(await engine.handlers['ssh.target']({ machine: 'pi' }, someone)).toMatchObject({ host: '192.0.2.7' });
  });

  it('is refused in words where there is none', async () => {
    const { engine, create } = await engineUnderTest();
    await create(small);
    const ask = async () => engine.handlers['ssh.target']({ machine: 'demo' }, someone);
    await expect(ask()).rejects.toMatchObject({ code: 'conflict' });
    await engine.handlers['operation.wait'](
      { operation: (await engine.handlers['machine.start']({ machine: 'demo' }, someone)).id },
      someone,
    );
    await expect(ask()).rejects.toMatchObject({ code: 'refused', hint: expect.stringContaining('forward to port 22') });
    const [machine] = await engine.handlers['machine.list']({}, someone);
    expect(machine?.capabilities).not.toContain('ssh');
    const opening = async () => engine.handlers['desktop.open-terminal']({ machine: 'demo' }, someone);
    await expect(opening()).rejects.toMatchObject({ code: 'refused' });
  });
});
