import { appendFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { appTest } from '../support/app-test.ts';
import { connectToEngineOf } from '../support/launch-headless.ts';

/** That nothing of the editor is refused by the policy of the page is in `launch`: a complaint of the page fails the test. */
appTest(
  'a hook is written, approved and tried in the window, and approved again when it was changed',
  async ({ launch, home }) => {
    const app = await launch();
    const page = await app.window();
    const engine = await connectToEngineOf(home);
    const made = await engine.call('machine.create', { name: 'demo', memoryMib: 64, diskMib: 16 });
    expect(await engine.call('operation.wait', { operation: made.id })).toMatchObject({ state: 'done' });

    await page.getByRole('link', { name: 'Hooks' }).click();
    const text = page.getByRole('textbox', { name: 'Text of the script' });
    await text.click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText('#!/bin/sh\necho "told $VIGIL_EVENT_TYPE of $VIGIL_VM_NAME"\n');
    expect(
      await page
        .locator('.cm-line')
        .first()
        .evaluate((line) => getComputedStyle(line).fontFamily),
    ).toContain('mono');

    await page.keyboard.press('Tab');
    const isInside = () => page.evaluate(() => document.activeElement?.classList.contains('code-editor') === true);
    expect(await isInside()).toBe(true);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await isInside()).toBe(false);

    await page.getByRole('button', { name: 'Save and approve' }).click();
    const state = page.getByRole('region', { name: 'Hook on_failure of demo' }).locator('.hook-meta');
    await state.getByText('approved', { exact: true }).waitFor();
    const tried = page.getByRole('button', { name: 'Test', exact: true });
    await tried.click();
    const output = page.getByRole('region', { name: 'Output' });
    await output.getByText('told on_failure of demo').waitFor();

    const [hook] = await engine.call('hook.list', {});
    await appendFile(hook?.path ?? '', 'echo and more\n');
    await tried.click();
    await output.getByText('is no longer what was approved', { exact: false }).waitFor();
    await page.getByText('echo and more').waitFor();
    await page.getByRole('button', { name: 'Approve as it is' }).click();
    await state.getByText('approved', { exact: true }).waitFor();
    await tried.click();
    await output.getByText('and more').waitFor();
    engine.close();
  },
);
