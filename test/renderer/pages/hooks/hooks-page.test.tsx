import { afterEach, beforeEach, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import type { Hook, HookRun } from '../../../../main/contract/hook.ts';
import { HooksPage } from '../../../../renderer/pages/hooks/hooks-page.tsx';
import { editorOf, editorText } from '../../support/editor-text.ts';
import { type FakeBridge, fakeBridge } from '../../support/fake-bridge.ts';
import { storyMachines } from '../../support/fleet-story.ts';
import { buttonNamed, type Mounted, mount } from '../../support/mount.tsx';

let mounted: Mounted;
let bridge: FakeBridge;
const machine = [...storyMachines].sort((a, b) => (a.name < b.name ? -1 : 1))[0];
const words = () => mounted.page.textContent ?? '';
const inputsOf = (name: string) => bridge.asked.filter((each) => each.name === name).map(({ input }) => input);

const hook: Hook = {
  machine: machine?.name ?? '',
  machineId: machine?.id ?? '',
  event: 'on_failure',
  path: '/home/ada/bin/tell.sh',
  state: 'changed',
  reason: 'It is no longer what was approved.',
  sha256: 'a'.repeat(64),
  approvedBy: 'ada',
  approvedAt: '2026-01-01T00:00:00.000Z',
};
const run: HookRun = {
  id: '2c1f3c1e-0000-4000-8000-000000000006',
  machineId: hook.machineId ?? '',
  machine: hook.machine,
  event: 'on_failure',
  path: hook.path,
  at: '2026-01-01T00:00:00.000Z',
  outcome: 'failed',
  summary: 'The hook ended with 7 after 0.1 s.',
  exitCode: 7,
  signal: null,
  durationMs: 100,
  survivors: 0,
  stdout: 'told\u202e\n',
  stderr: 'no\n',
  isTest: true,
  events: 1,
  cause: null,
  environment: {},
};

beforeEach(async () => {
  bridge = fakeBridge();
  bridge.answer('hook.list', () => [hook]);
  bridge.answer('hook.runs', () => [run]);
  bridge.answer('hook.run', () => run);
  bridge.answer('hook.test', () => run);
  bridge.answer('hook.approve', () => ({ ...hook, state: 'approved', reason: null }));
  bridge.answer('hook.write', () => ({ ...hook, state: 'approved', reason: null }));
  bridge.answer('hook.read', () => ({ path: hook.path, text: '#!/bin/sh\necho told\n' }));
  mounted = await mount(<HooksPage />, bridge);
  await mounted.eventually(() => expect(editorText(mounted.page)).toContain('echo told'));
});
afterEach(() => mounted.unmount());

it('opens at the first hook there is, and says why it would not run', () => {
  expect(words()).toContain('It is no longer what was approved.');
  expect(words()).toContain('changed since it was approved');
  expect(mounted.page.querySelectorAll('[aria-current="true"]')).toHaveLength(1);
});

it('approves the bytes that were shown, and no others', async () => {
  await mounted.press(buttonNamed('Approve as it is'));
  expect(inputsOf('hook.approve')).toEqual([{ machine: hook.machineId, event: 'on_failure', sha256: 'a'.repeat(64) }]);
});

it('shows what a test printed, as text', async () => {
  await mounted.press(buttonNamed('Test'));
  await mounted.eventually(() => expect(mounted.page.querySelector('pre')?.textContent).toContain('told'));
  expect(mounted.page.querySelector('pre')?.textContent).not.toContain('\u202e');
  expect(words()).toContain('The hook ended with 7 after 0.1 s.');
});

it('there is nothing to save before something was changed', () => {
  expect(buttonNamed('Save and approve')?.title).toBe('Nothing was changed.');
});

it('saves what was typed, once something was', async () => {
  editorOf(mounted.page)?.dispatch({ changes: { from: 0, to: 20, insert: '#!/bin/bash\nexit 0\n' } });
  await mounted.eventually(() => expect(buttonNamed('Save and approve')?.title).toBe(''));
  await mounted.press(buttonNamed('Save and approve'));
  expect(inputsOf('hook.write')).toEqual([
    { machine: hook.machineId, event: 'on_failure', text: '#!/bin/bash\nexit 0\n' },
  ]);
});

it('an event without a script begins with one to change', async () => {
  const start = [...mounted.page.querySelectorAll<HTMLElement>('.hook-choice')].find((each) =>
    each.textContent?.startsWith('on_start'),
  );
  await mounted.press(start);
  await mounted.eventually(() => expect(editorText(mounted.page)).toMatch(/^#!\/bin\/sh\n/));
  await mounted.press(buttonNamed('Save and approve'));
  expect(inputsOf('hook.write')).toMatchObject([{ machine: hook.machineId, event: 'on_start' }]);
});

it('a refusal is told where it happened', async () => {
  bridge.answer('hook.approve', () => {
    throw new VigilError('conflict', 'It has changed since it was looked at.');
  });
  await mounted.press(buttonNamed('Approve as it is'));
  await mounted.eventually(() =>
    expect(mounted.page.querySelector('[role="alert"]')?.textContent).toContain('It has changed since'),
  );
});
