import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import { MachineSettings } from '../../../../renderer/pages/settings/machine-settings.tsx';
import { ReadingSettings } from '../../../../renderer/pages/settings/reading-settings.tsx';
import { type FakeBridge, fakeBridge } from '../../support/fake-bridge.ts';
import { buttonNamed, fieldNamed, type Mounted, mount, wordsBeside } from '../../support/mount.tsx';

let mounted: Mounted;
let bridge: FakeBridge;
const asked = () => bridge.asked.filter(({ name }) => name === 'settings.change').map(({ input }) => input);

async function open(page: React.ReactNode): Promise<void> {
  bridge = fakeBridge();
  mounted = await mount(page, bridge);
  await mounted.eventually(() => expect(buttonNamed('Save')).toBeDefined());
}
afterEach(() => mounted.unmount());

describe('how machines are read, and how long that is kept', () => {
  beforeEach(() => open(<ReadingSettings />));

  it('shows what is in force, and changes what was typed alone', async () => {
    expect(fieldNamed('Read every')?.value).toBe('60');
    expect(fieldNamed('Keep days')?.value).toBe('90');
    expect(buttonNamed('Save')?.title).toBe('Nothing was changed.');
    await mounted.type(fieldNamed('Read every'), '120');
    await mounted.type(fieldNamed('Keep single readings'), '14');
    await mounted.press(buttonNamed('Save'));
    await mounted.eventually(() =>
      expect(asked()).toEqual([{ collection: { interval_seconds: 120 }, retention: { raw_days: 14 } }]),
    );
  });

  it('gives single machines an interval of their own, a line each', async () => {
    await mounted.type(fieldNamed('But single machines'), 'web-1: 300\n\n db: 15 ');
    await mounted.press(buttonNamed('Save'));
    await mounted.eventually(() =>
      expect(asked()).toEqual([{ collection: { machine_interval_seconds: { 'web-1': 300, db: 15 } } }]),
    );
  });

  it.each([
    ['Read every', '5', 'At least 10 s.'],
    ['Read every', 'often', 'A number of seconds.'],
    ['At a time', '1.5', 'A whole number.'],
    ['Keep hours', '0', 'At least 1.'],
    ['Never more than', '63', 'At least 64 MiB.'],
    ['But single machines', 'web-1: 2', '“web-1”: At least 10 s.'],
    ['But single machines', 'web-1', '“web-1”: A number of seconds.'],
  ])('%s of %s is refused beside its field: %s', async (field, text, words) => {
    await mounted.type(fieldNamed(field), text);
    expect(wordsBeside(field)).toContain(words);
    await mounted.press(buttonNamed('Save'));
    expect(asked()).toEqual([]);
    await mounted.press(buttonNamed('Undo'));
    expect(wordsBeside(field)).not.toContain(words);
  });

  it('what could not be kept is told, and stays typed', async () => {
    bridge.answer('settings.change', () => {
      throw new VigilError('refused', 'The file is broken.');
    });
    await mounted.type(fieldNamed('Keep days'), '30');
    await mounted.press(buttonNamed('Save'));
    await mounted.eventually(() => expect(mounted.page.textContent).toContain('The file is broken.'));
    expect(fieldNamed('Keep days')?.value).toBe('30');
  });
});

it('what machines may take of this computer is changed with a dot, too', async () => {
  await open(<MachineSettings />);
  await mounted.type(fieldNamed('CPUs promised'), '2.5');
  await mounted.type(fieldNamed('A stop waits'), '45');
  await mounted.press(buttonNamed('Save'));
  await mounted.eventually(() =>
    expect(asked()).toEqual([{ capacity: { cpu_overcommit: 2.5 }, recovery: { stop_seconds: 45 } }]),
  );
});
