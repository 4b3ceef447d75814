import { expect, it } from 'vitest';
import { runForeground, withoutNpm } from '../../scripts/project.mjs';

it('a program started for the user sees nothing of npm', () => {
  const environment = withoutNpm({
    HOME: '/home/user',
    NODE: '/usr/bin/node',
    npm_node_execpath: '/usr/bin/node',
    npm_config_loglevel: 'silent',
    INIT_CWD: '/home/user',
    PATH: '/p/node_modules/.bin:/node_modules/.bin:/npm/node-gyp-bin:/usr/bin:/bin',
  });
  expect(environment).toEqual({ HOME: '/home/user', PATH: '/usr/bin:/bin' });
});

it('a NODE that the user set stays', () => {
  expect(withoutNpm({ NODE: 'mine', npm_node_execpath: '/usr/bin/node', PATH: '' }).NODE).toBe('mine');
});

it('an exit code is passed on, and a signal becomes 128 and its number', async () => {
  expect(await runForeground(process.execPath, ['-e', 'process.exit(7)'])).toBe(7);
  expect(await runForeground(process.execPath, ['-e', 'process.kill(process.pid, "SIGKILL")'])).toBe(137);
});
