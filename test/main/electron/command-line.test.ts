import { homedir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readCommandLine } from '../../../main/electron/command-line.ts';

test.each([
  [[], {}, { home: path.join(homedir(), '.vigil'), hidden: false }],
  [['--hidden'], { VIGIL_HOME: '/from/environment' }, { home: '/from/environment', hidden: true }],
  [['--home', '/given'], { VIGIL_HOME: '/from/environment' }, { home: '/given', hidden: false }],
  [['--home=/given', '--hidden'], {}, { home: '/given', hidden: true }],
  [
    ['--no-sandbox', '--disable-gpu', '/app', '--home', 'rel', '--type=x'],
    {},
    { home: path.resolve('rel'), hidden: false },
  ],
  [[], { VIGIL_HOME: '' }, { home: path.join(homedir(), '.vigil'), hidden: false }],
])('%j with %j', (args, environment, command) => {
  expect(readCommandLine(args, environment)).toEqual(command);
});

test.each([[['--home']], [['--home=']], [['--home', '--hidden']], [['--home', '']]])('%j is used wrongly', (args) => {
  expect(() => readCommandLine(args, {})).toThrow(expect.objectContaining({ code: 'bad-input', field: 'home' }));
});
