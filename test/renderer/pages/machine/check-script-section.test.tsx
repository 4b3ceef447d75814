import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CheckScript } from '../../../../main/contract/check-script.ts';
import { VigilError } from '../../../../main/contract/failure.ts';
import { CheckScriptSection } from '../../../../renderer/pages/machine/check-script-section.tsx';
import { editorOf, editorText } from '../../support/editor-text.ts';
import { type FakeBridge, fakeBridge } from '../../support/fake-bridge.ts';
import { storyMachines } from '../../support/fleet-story.ts';
import { buttonNamed, type Mounted, mount } from '../../support/mount.tsx';

const [machine] = storyMachines;
if (machine === undefined) throw new Error('a story without machines');
const path = '/home/ada/bin/is-well.sh';
const waiting: CheckScript = {
  machine: machine.name,
  machineId: machine.id,
  path,
  state: 'waiting',
  reason: 'Nobody approved it yet.',
  sha256: 'c'.repeat(64),
  text: '#!/bin/sh\nexit 0\n',
  approvedBy: null,
  approvedAt: null,
};
let bridge: FakeBridge;
let mounted: Mounted;
const words = () => mounted.page.textContent ?? '';

beforeEach(async () => {
  bridge = fakeBridge();
  bridge.answer('check-script.get', () => waiting);
  bridge.answer('check-script.approve', () => ({ ...waiting, state: 'approved', reason: null, approvedBy: 'ada' }));
  mounted = await mount(<CheckScriptSection machine={machine} path={path} />, bridge);
  await mounted.eventually(() => expect(words()).toContain('waits for approval'));
});
afterEach(() => mounted.unmount());

it('is approved only when it was looked at, and then exactly as it was seen', async () => {
  expect(words()).toContain('Nobody approved it yet.');
  expect(buttonNamed('Approve as it is')?.title).toBe('Look at it first.');
  await mounted.press(buttonNamed('Look at it'));
  await mounted.eventually(() => expect(editorText(mounted.page)).toBe(waiting.text));
  expect(editorOf(mounted.page)?.state.readOnly).toBe(true);
  await mounted.press(buttonNamed('Approve as it is'));
  await mounted.eventually(() => expect(words()).not.toContain('Nobody approved it yet.'));
  expect(bridge.asked.filter(({ name }) => name === 'check-script.approve').map(({ input }) => input)).toEqual([
    { machine: machine.id, sha256: 'c'.repeat(64) },
  ]);
  expect(buttonNamed('Approve as it is')).toBeUndefined();
});

it('what is looked at stays as it was while the machine is checked again', async () => {
  await mounted.press(buttonNamed('Look at it'));
  await mounted.eventually(() => expect(editorText(mounted.page)).toBe(waiting.text));
  bridge.answer('check-script.get', () => ({ ...waiting, text: '#!/bin/sh\nexit 2\n', sha256: 'd'.repeat(64) }));
  await mounted.render(<CheckScriptSection machine={{ ...machine }} path={path} />);
  expect(editorText(mounted.page)).toBe(waiting.text);
  await mounted.press(buttonNamed('Hide its text'));
  await mounted.press(buttonNamed('Look at it'));
  await mounted.eventually(() => expect(editorText(mounted.page)).toContain('exit 2'));
});

it('a refusal is told where it happened', async () => {
  bridge.answer('check-script.approve', () => {
    throw new VigilError('conflict', 'It has changed since it was looked at.');
  });
  await mounted.press(buttonNamed('Look at it'));
  await mounted.press(buttonNamed('Approve as it is'));
  await mounted.eventually(() =>
    expect(mounted.page.querySelector('[role="alert"]')?.textContent).toContain('It has changed since'),
  );
});
