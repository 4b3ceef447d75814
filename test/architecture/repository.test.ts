import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

/** What git knows or would add: the repository as another machine gets it. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(path.join(root, file)));

/** Names that say nothing about what is inside, so everything ends up in them. */
const emptyName = /(^|[-.])(utils?|helpers?|common|misc|managers?)$|^index$/;

function hasEmptyName(file: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(file) && emptyName.test(path.basename(file).replace(/(\.test|\.d)?\.[^.]+$/, ''));
}

/** Places that exist on one machine only. The words are put together here so that this file does not hold them itself. */
const oneMachineOnly: readonly [what: string, pattern: RegExp][] = [
  ['a folder of the build machine', new RegExp(`(?<![\\w.)}\\]-])/${'work'}(/|\\b(?![\\w-]))`)],
  // Whoever runs the tests, by the system's own word: HOME may be set to anything.
  ["this user's home", new RegExp(`(?<![\\w.)}\\]-])${escaped(userInfo().homedir)}(/|\\b(?![\\w-]))`)],
  ['a registry host', new RegExp(`registry\\.(${'npmjs'}|${'yarnpkg'}|npmmirror)\\.|files\\.${'pythonhosted'}\\.`)],
];

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function placesIn(text: string): string[] {
  return oneMachineOnly.filter(([, pattern]) => pattern.test(text)).map(([what]) => what);
}

it('no file is a drawer for everything', () => {
  expect(files.filter(hasEmptyName)).toEqual([]);
});

it.each(['main/utils.ts', 'renderer/components/index.tsx', 'main/engine/fleet-manager.ts', 'test/support/helpers.ts'])(
  'refuses the name %s',
  (file) => expect(hasEmptyName(file)).toBe(true),
);

it.each(['renderer/index.html', 'main/engine/machine.ts', 'test/main/engine/fleet.test.ts'])(
  'accepts the name %s',
  (file) => expect(hasEmptyName(file)).toBe(false),
);

it('no file names a place that exists on one machine only', () => {
  const found = files
    .filter((file) => !/\.(png|ico|icns|gz|qcow2|db|woff2?)$/.test(file))
    .flatMap((file) =>
      readFileSync(path.join(root, file), 'utf8')
        .split('\n')
        .flatMap((line, index) => placesIn(line).map((what) => `${file}:${index + 1} names ${what}`)),
    );
  expect(found).toEqual([]);
});

it.each([`cd /${'work'}/main`, `/${'work'}`, `${userInfo().homedir}/.cache`, `https://registry.${'npmjs'}.org/zod`])(
  'refuses the text %s',
  (text) => expect(placesIn(text)).toHaveLength(1),
);

it.each(['the ./work/ folder', '/workers', '/home/user/.vigil', 'rework/root/x'])('accepts the text %s', (text) =>
  expect(placesIn(text)).toEqual([]),
);
