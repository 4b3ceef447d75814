import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import { HealingSettings } from '../../../../renderer/pages/settings/healing-settings.tsx';
import { EngineStrip } from '../../../../renderer/shell/engine-strip.tsx';
import { type FakeBridge, fakeBridge } from '../../support/fake-bridge.ts';
import { buttonNamed, fieldNamed, type Mounted, mount, wordsBeside } from '../../support/mount.tsx';

let mounted: Mounted;
let bridge: FakeBridge;
const words = () => mounted.page.textContent ?? '';
const inputsOf = (name: string) => bridge.asked.filter((each) => each.name === name).map(({ input }) => input);

beforeEach(async () => {
  bridge = fakeBridge();
  mounted = await mount(
    <>
      <EngineStrip />
      <HealingSettings />
    </>,
    bridge,
  );
  await mounted.eventually(() => expect(buttonNamed('Pause for 1 hour')).toBeDefined());
});
afterEach(() => mounted.unmount());

describe('pausing healing', () => {
  it('for an hour says until when, in the strip too, and is let go on from there', async () => {
    expect(words()).toContain('As each machine’s policy says');
    await mounted.press(buttonNamed('Pause for 1 hour'));
    await mounted.eventually(() => expect(words()).toMatch(/Paused until .*\d\d:\d\d/));
    expect(inputsOf('lifecycle.pause')).toEqual([{ seconds: 3600 }]);
    const strip = mounted.page.querySelector('.strip');
    expect(strip?.textContent).toMatch(/^Healing is paused until .*\d\d:\d\d/);
    // Its moment is this computer's, and what it asks for is no command.
    expect(strip?.textContent).not.toMatch(/\dT\d|`/);
    await mounted.press(strip?.querySelector('button'));
    await mounted.eventually(() => expect(buttonNamed('Pause for 1 hour')).toBeDefined());
    expect(inputsOf('lifecycle.resume')).toEqual([{}]);
    expect(mounted.page.querySelector('.strip')).toBeNull();
  });

  it('without an end lasts until a person lets it go on', async () => {
    await mounted.press(buttonNamed('Pause until I resume'));
    await mounted.eventually(() => expect(words()).toContain('Paused until someone lets them go on'));
    expect(inputsOf('lifecycle.pause')).toEqual([{ seconds: 'until-resumed' }]);
  });

  it('that is refused is told', async () => {
    bridge.answer('lifecycle.pause', () => {
      throw new VigilError('internal', 'The disk is full.');
    });
    await mounted.press(buttonNamed('Pause for 1 hour'));
    await mounted.eventually(() => expect(document.body.textContent).toContain('The disk is full.'));
  });
});

describe('what healing goes by', () => {
  it('is changed field by field', async () => {
    expect(buttonNamed('Save')?.title).toBe('Nothing was changed.');
    await mounted.type(fieldNamed('Quiet time'), '60');
    await mounted.press(buttonNamed('Save'));
    await mounted.eventually(() => expect(buttonNamed('Save')?.title).toBe('Nothing was changed.'));
    await mounted.type(fieldNamed('Witnesses'), 'nas.example.org:22\n\n 192.168.1.1:443 ');
    await mounted.press(buttonNamed('Save'));
    await mounted.eventually(() => expect(buttonNamed('Save')?.title).toBe('Nothing was changed.'));
    expect(inputsOf('settings.change')).toEqual([
      { healing: { quiet_after_action_seconds: 60 } },
      { healing: { witnesses: ['nas.example.org:22', '192.168.1.1:443'] } },
    ]);
  });

  it.each([
    ['Quiet time', '86401', 'At most 86400 s.'],
    ['Quiet time', 'soon', 'A number of seconds.'],
    ['Witnesses', 'pi:22\npi', '“pi”: An address like'],
    ['Witnesses', 'pi:70000', '“pi:70000”: A port is 1 to 65535.'],
  ])('%s %j is a fault beside its field, and nothing is saved', async (field, value, message) => {
    await mounted.type(fieldNamed(field), value);
    expect(wordsBeside(field)).toContain(message);
    await mounted.press(buttonNamed('Save'));
    expect(inputsOf('settings.change')).toEqual([]);
  });
});
