import { describe, expect, test } from 'vitest';
import { autostartEntry, autostartFileName, judgeEntry } from '../../../main/electron/autostart-entry.ts';
import { execArguments } from '../../support/desktop-entry.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const plain = {
  command: ['/opt/vigil/vigil', '--hidden'],
  icon: '/opt/vigil/app.png',
  home: '/home/me/.vigil',
} as const;

describe('the text of the entry', () => {
  test('is the one that desktops read', () => {
    expect(autostartEntry(plain)).toBe(
      [
        '[Desktop Entry]',
        'Type=Application',
        'Name=Vigil',
        'Comment=Keeps watch over virtual machines',
        'Exec=/opt/vigil/vigil --hidden',
        'TryExec=/opt/vigil/vigil',
        'Icon=/opt/vigil/app.png',
        'Terminal=false',
        'StartupNotify=false',
        'NoDisplay=true',
        'X-GNOME-Autostart-enabled=true',
        'X-Vigil-Home=/home/me/.vigil',
        '',
      ].join('\n'),
    );
  });

  test.each([
    ['a space', '/home/me/my machines'],
    ['an empty one', ''],
    ['quotes', `/a"b'c`],
    ['a backslash', '/a\\b\\\\c'],
    ['a dollar and a backtick', '/$HOME/`id`'],
    ['a field code', '/%f/%%/100%'],
    ['a line break', '/a\nExec=/bin/evil\n[Other]'],
    ['letters of the world', '/домой/家'],
    ['shell words', '/a;b|c&d>e<f*g?h#i(j)k~l'],
  ])('hands on an argument with %s as it is', (_what, argument) => {
    const entry = autostartEntry({ ...plain, command: ['/opt/vigil', '--home', argument] });
    expect(execArguments(entry)).toEqual(['/opt/vigil', '--home', argument]);
    expect(entry.split('\n').filter((line) => line.startsWith('Exec='))).toHaveLength(1);
    expect(entry.split('\n').filter((line) => line.startsWith('['))).toEqual(['[Desktop Entry]']);
  });

  test('hands on 2,000 random arguments as they are', () => {
    const random = seededRandom(20_260_101);
    const alphabet = [...' "\'\\$`%=~|&;<>*?#()\n\t\rabZ09-_/.é家'];
    for (let round = 0; round < 2000; round += 1) {
      const argument = Array.from({ length: random.below(12) }, () => random.pick(alphabet)).join('');
      const entry = autostartEntry({ ...plain, command: ['/opt/vigil', argument] });
      expect(execArguments(entry)).toEqual(['/opt/vigil', argument]);
    }
  });

  test('cannot name a program whose path holds an equals sign', () => {
    expect(() => autostartEntry({ ...plain, command: ['/opt/a=b/vigil'] })).toThrow('its path holds an "="');
  });
});

test('each data home has a file of its own, the usual one the plain name', () => {
  expect(autostartFileName('/home/me/.vigil', '/home/me/.vigil')).toBe('vigil.desktop');
  const other = autostartFileName('/data/vigil', '/home/me/.vigil');
  expect(other).toMatch(/^vigil-[0-9a-f]{8}\.desktop$/);
  expect(autostartFileName('/data/other', '/home/me/.vigil')).not.toBe(other);
});

describe('a file that is there already', () => {
  const text = autostartEntry(plain);
  test.each([
    ['our own', text, 'ours'],
    ['our own, hidden by the desktop', `${text}Hidden=true\n`, 'ours, switched off'],
    ['our own, switched off in GNOME', text.replace('enabled=true', 'enabled=false'), 'ours, switched off'],
    ['one for another home', text.replace('me/.vigil', 'you/.vigil'), 'foreign'],
    ['one written by hand', '[Desktop Entry]\nType=Application\nExec=/my/vigil\n', 'foreign'],
    ['one with our mark in another group', '[Desktop Entry]\n[X]\nX-Vigil-Home=/home/me/.vigil\n', 'foreign'],
    ['one with our mark in a comment', '[Desktop Entry]\n#X-Vigil-Home=/home/me/.vigil\n', 'foreign'],
    ['an empty one', '', 'foreign'],
  ] as const)('is judged: %s', (_what, found, judgement) => {
    expect(judgeEntry(found, plain.home)).toBe(judgement);
  });
});
