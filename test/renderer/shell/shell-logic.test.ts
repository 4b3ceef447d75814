import { describe, expect, it } from 'vitest';
import { paletteCommands } from '../../../renderer/shell/palette-commands.ts';
import { matchesShortcut } from '../../../renderer/shell/shortcuts.ts';
import { machineOf, runningMachine, storyMachines, storyOperations } from '../support/fleet-story.ts';

const lines = (typed: string, machines = storyMachines) =>
  paletteCommands(typed, machines, (machine) => storyOperations.find(({ machineId }) => machineId === machine.id)).map(
    ({ verb, machine }) => `${verb} ${machine?.name ?? ''}`.trim(),
  );

describe('the palette', () => {
  it('finds a verb by the beginnings of its words', () => {
    expect(lines('sto gi')).toEqual(['Stop gitea', 'Force stop… gitea']);
  });

  it('does not list what is impossible', () => {
    expect(lines('restart build')).toEqual([]);
    expect(lines('start build')).toEqual(['Start build-vm']);
  });

  it('leaves to a machine at work what may overtake it', () => {
    expect(lines('stop ci-runner')).toEqual(['Force stop… ci-runner-3']);
  });

  it('begins with machines, the worst first, and pages', () => {
    const all = lines('');
    expect(all[0]).toBe('build-vm');
    expect(all.slice(-11)).toEqual([
      'New machine',
      'Add an SSH host',
      'Fleet',
      'Alerts',
      'Forecasts',
      'Activity',
      'Hooks',
      'Settings',
      'Alert rules',
      'Channels of alerts',
      'Maintenance windows',
    ]);
  });

  it('stays short with many machines', () => {
    const many = Array.from({ length: 500 }, (_, index) => runningMachine(index, `vm-${index}`, 1));
    expect(lines('vm', [...many, machineOf(900, 'other')]).length).toBeLessThanOrEqual(18);
  });
});

describe('shortcuts', () => {
  const press = (key: string, change = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...change });
  it.each([
    ['r', press('r'), true],
    ['r', press('R'), true],
    ['r', press('r', { ctrlKey: true }), false],
    ['mod+k', press('k', { ctrlKey: true }), true],
    ['mod+k', press('K', { metaKey: true }), true],
    ['mod+k', press('k'), false],
    ['?', press('?'), true],
    ['/', press('/', { altKey: true }), false],
    ['Escape', press('Escape'), true],
  ])('%s by %o: %s', (shortcut, pressed, does) => expect(matchesShortcut(pressed, shortcut)).toBe(does));
});
