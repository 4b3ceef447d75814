import { describe, expect, it } from 'vitest';
import { openTerminal } from '../../../../main/adapters/desktop/open-terminal.ts';
import type { SshWay } from '../../../../main/contract/ssh-way.ts';
import type { DetachedOptions, DetachedProcess } from '../../../../main/engine/ports/processes.ts';

const way: SshWay = {
  machine: 'demo',
  host: '127.0.0.1',
  port: 2222,
  user: 'ada',
  keyFile: null,
  knownHostsFile: '/h/known_hosts',
  command: ['ssh', '-p', '2222', '-o', 'UserKnownHostsFile="/a b/known_hosts"', '127.0.0.1'],
};

async function opened(platform: NodeJS.Platform, installed: readonly string[], changes: Partial<SshWay> = {}) {
  const begun: { program: string; args: readonly string[]; options: DetachedOptions }[] = [];
  await openTerminal(
    { ...way, ...changes },
    {
      platform,
      folder: '/h/logs',
      unit: 'vigil-terminal-1',
      processes: {
        find: async (program) => (installed.includes(program) ? `/bin/${program}` : null),
        spawnDetached: async (program, args, options) => {
          begun.push({ program, args, options });
          return { identity: { pid: 2, startTime: 1, bootId: '' }, exited: new Promise(() => {}) } as DetachedProcess;
        },
      },
    },
  );
  return begun;
}

describe("the person's terminal", () => {
  it.each([
    ['x-terminal-emulator', ['-e']],
    ['gnome-terminal', ['--']],
    ['konsole', ['-e']],
    ['xfce4-terminal', ['-x']],
    ['kitty', []],
    ['alacritty', ['-e']],
    ['foot', []],
    ['xterm', ['-e']],
  ])('%s gets the command word by word', async (program, before) => {
    expect(await opened('linux', [program])).toMatchObject([
      { program: `/bin/${program}`, args: [...before, ...way.command], options: { folder: '/h/logs' } },
    ]);
  });

  it('is the chosen one where there are several, and one is opened', async () => {
    const begun = await opened('linux', ['xterm', 'konsole', 'x-terminal-emulator']);
    expect(begun.map(({ program }) => program)).toEqual(['/bin/x-terminal-emulator']);
    expect(begun[0]?.options.passed).toContain('DISPLAY');
  });

  it('gets an address on macOS and never a script', async () => {
    expect(await opened('darwin', ['open'], { user: 'a b' })).toMatchObject([
      { args: ['-a', 'Terminal', 'ssh://a%20b@127.0.0.1:2222'] },
    ]);
  });

  it('gets no word on Windows that would begin another command', async () => {
    expect(await opened('win32', ['wt.exe'])).toMatchObject([{ args: way.command }]);
    await expect(opened('win32', ['wt.exe'], { command: ['ssh', 'a;b'] })).rejects.toMatchObject({ code: 'refused' });
  });

  it('is missed in words', async () => {
    await expect(opened('linux', [])).rejects.toMatchObject({
      code: 'refused',
      hint: expect.stringContaining('vigil ssh demo'),
    });
    await expect(opened('aix', [])).rejects.toMatchObject({ code: 'refused' });
  });
});
