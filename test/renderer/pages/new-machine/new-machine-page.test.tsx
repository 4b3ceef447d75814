import { afterEach, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import { NewMachinePage } from '../../../../renderer/pages/new-machine/new-machine-page.tsx';
import { type FakeBridge, fakeBridge } from '../../support/fake-bridge.ts';
import { storyId } from '../../support/fleet-story.ts';
import { buttonNamed, fieldNamed, type Mounted, mount, wordsBeside } from '../../support/mount.tsx';

let mounted: Mounted;
afterEach(() => mounted.unmount());

async function openForm(bridge: FakeBridge = fakeBridge()): Promise<FakeBridge> {
  window.location.hash = '#/new';
  mounted = await mount(<NewMachinePage />, bridge);
  return bridge;
}

const create = () => buttonNamed('Create and start Ctrl Enter');

it('says a fault beside its field while it is typed, and counts it below', async () => {
  await openForm();
  await mounted.type(fieldNamed('Name'), 'demo');
  await mounted.type(fieldNamed('Memory'), '8');
  expect(wordsBeside('Memory')).toContain('At least 16 MiB of memory.');
  expect(fieldNamed('Memory').getAttribute('aria-invalid')).toBe('true');
  expect(fieldNamed('CPUs').hasAttribute('aria-invalid')).toBe(false);
  expect(mounted.page.querySelector('.create-fixes')?.textContent).toContain('1 field to fix: the memory');
  expect(create()?.getAttribute('aria-disabled')).toBe('true');
});

it('shows what this computer has against the draft, with a way out in one press', async () => {
  const bridge = fakeBridge();
  bridge.answer('machine.rehearse', ({ draft }) => {
    const { forwards } = draft as { forwards?: { host: number }[] };
    return forwards?.[0]?.host === 2222
      ? [{ field: 'forwards.0.host', message: "Port 2222 already leads to 'build-vm'.", suggestion: '2223' }]
      : [];
  });
  await openForm(bridge);
  await mounted.type(fieldNamed('Name'), 'demo');
  await mounted.press(buttonNamed('Add a forward'));
  await mounted.eventually(() => expect(mounted.page.textContent).toContain("Port 2222 already leads to 'build-vm'."));
  await mounted.press(buttonNamed('Use 2223'));
  expect(mounted.page.querySelector<HTMLInputElement>('.port input')?.value).toBe('2223');
  await mounted.eventually(() => expect(create()?.hasAttribute('aria-disabled')).toBe(false));
});

it('asks for a name before anything else, without calling it a fault', async () => {
  await openForm();
  expect(create()?.title).toBe('Give the machine a name first.');
  expect(mounted.page.querySelector('[aria-invalid]')).toBeNull();
  await mounted.press(create());
  expect(fieldNamed('Name')).toBe(document.activeElement);
});

it('creates what stands in the form, shows how far it is and goes to the machine', async () => {
  const bridge = fakeBridge();
  let end: (operation: unknown) => void = () => {};
  bridge.answer(
    'operation.wait',
    () =>
      new Promise((resolve) => {
        end = resolve;
      }),
  );
  await openForm(bridge);
  await mounted.type(fieldNamed('Name'), 'demo');
  await mounted.press(create());
  await mounted.eventually(() => expect(mounted.page.textContent).toContain('making the disk'));
  expect(bridge.asked.find(({ name }) => name === 'machine.create')?.input).toMatchObject({
    name: 'demo',
    start: true,
  });
  end({ id: storyId(950), machineId: storyId(50), state: 'done' });
  await mounted.eventually(() => expect(window.location.hash).toBe(`#/machines/${storyId(50)}`));
});

it('puts a refusal of the engine beside the field it is about, and lets one try again', async () => {
  const bridge = fakeBridge();
  bridge.answer('machine.create', () => {
    throw new VigilError('conflict', "There is a machine 'demo' already.", { field: 'name' });
  });
  await openForm(bridge);
  await mounted.type(fieldNamed('Name'), 'demo');
  await mounted.press(create());
  await mounted.eventually(() => expect(wordsBeside('Name')).toContain("There is a machine 'demo' already."));
  await mounted.type(fieldNamed('Name'), 'demo-2');
  expect(create()?.hasAttribute('aria-disabled')).toBe(false);
});
