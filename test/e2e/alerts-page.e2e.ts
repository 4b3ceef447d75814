import { appendFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { appTest } from '../support/app-test.ts';
import { eventually } from '../support/eventually.ts';
import { accepts, type HookReceiver, startHookReceiver } from '../support/hook-receiver.ts';
import { connectToEngineOf } from '../support/launch-headless.ts';

const receiverTest = appTest.extend<{ readonly receiver: HookReceiver }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixtures a fixture needs from this pattern
  receiver: async ({}, use) => {
    const receiver = await startHookReceiver(accepts, false);
    await use(receiver);
    await receiver.close();
  },
});

receiverTest(
  'a rule is made in the window, fires on a real machine, is told to a real receiver and acknowledged; a broken file changes nothing',
  async ({ launch, home, receiver }) => {
    const file = path.join(home, 'alert_rules.yaml');
    const address = `url: ${receiver.url}`;
    await writeFile(
      file,
      `# mine\nrules: []\nnotification_config:\n  webhook:\n    enabled: false\n    allow_private: true\n    ${address}\n`,
      { mode: 0o600 },
    );
    const app = await launch();
    const page = await app.window();
    const engine = await connectToEngineOf(home);
    const made = await engine.call('machine.create', { name: 'demo', memoryMib: 64, diskMib: 16, start: true });
    expect(await engine.call('operation.wait', { operation: made.id })).toMatchObject({ state: 'done' });

    await page.getByRole('link', { name: 'Alerts' }).click();
    await page.getByText('Nothing fires').waitFor();
    await page.getByRole('tab', { name: /Channels/ }).click();
    await page.getByRole('link', { name: /Webhook/ }).click();
    await page.getByRole('switch', { name: 'Channel Webhook' }).click();
    await page.getByText('"rule_name": "high_cpu"').waitFor();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('webhook took the message').waitFor();
    expect(JSON.parse(receiver.received[0]?.body ?? '{}')).toMatchObject({ status: 'test' });

    await page.getByRole('tab', { name: /Rules/ }).click();
    await page.getByRole('button', { name: 'New', exact: true }).click();
    await page.getByLabel('Name', { exact: true }).fill('down');
    await page.getByLabel('When', { exact: true }).selectOption('machine_down');
    await page.getByLabel('Severity', { exact: true }).selectOption('critical');
    await page.getByRole('checkbox', { name: 'Webhook' }).check();
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('down is in force.').waitFor();
    expect(await engine.call('alert.rules', {})).toMatchObject([
      { name: 'down', metric: 'machine_down', severity: 'critical', notification_channels: ['webhook'] },
    ]);

    const { machine } = await engine.call('machine.get', { machine: 'demo' });
    process.kill(machine.pid ?? Number.NaN, 'SIGKILL');
    await page.getByRole('tab', { name: /Active/ }).click();
    const row = page.getByRole('row', { name: /demo/ });
    await row.getByRole('link', { name: 'down', exact: true }).click();
    await page.getByRole('link', { name: /Alerts.*1 fires/ }).waitFor();
    await page.getByRole('complementary', { name: 'Alert down' }).getByText('Webhook', { exact: true }).waitFor();
    await eventually('the message', () => receiver.received.length > 1);
    expect(JSON.parse(receiver.received[1]?.body ?? '{}')).toMatchObject({
      status: 'firing',
      rule_name: 'down',
      vm_name: 'demo',
    });
    await row.getByRole('button', { name: 'Acknowledge down of demo' }).click();
    await row.getByRole('button', { name: 'Acknowledged down of demo' }).waitFor();
    expect(await engine.call('alert.active', {})).toMatchObject([{ rule: 'down', acknowledgedBy: expect.any(String) }]);

    await page.getByRole('tab', { name: /Deliveries/ }).click();
    await page.getByRole('row', { name: /delivered Webhook demo: down/ }).waitFor();
    await page.getByRole('tab', { name: /History/ }).click();
    await page.getByRole('row', { name: /critical.*demo.*down.*still fires/ }).waitFor();

    await page.getByRole('tab', { name: /Rules/ }).click();
    await page.getByRole('button', { name: 'File', exact: true }).click();
    const text = page.getByRole('textbox', { name: 'Text of the rules' });
    await text.getByText('metric').click();
    await page.keyboard.press('End');
    await page.keyboard.insertText('_twice');
    const wrong = page.getByRole('status', { name: 'What is wrong with the text' });
    await wrong.getByText(/^alert_rules\.yaml line 4: rules\.0\.metric: A metric is one of/).waitFor();
    expect(await text.textContent()).not.toContain(receiver.url);
    expect(await page.getByRole('button', { name: 'Save' }).getAttribute('aria-disabled')).toBe('true');
    await page.getByRole('button', { name: 'Undo' }).click();
    await wrong.getByText('Good.', { exact: false }).waitFor();

    await appendFile(file, '    colour: red\n');
    await page
      .getByText(/alert_rules\.yaml line \d+: unknown key "notification_config\.webhook\.colour"/)
      .first()
      .waitFor();
    await page.getByText('The last good rules stay in force.').first().waitFor();
    expect(await engine.call('alert.rules', {})).toMatchObject([{ name: 'down' }]);

    await page.goto(page.url().replace(/#.*/, `#/machines/${machine.id}`));
    await page.getByRole('region', { name: 'Active alerts' }).getByRole('link', { name: /down/ }).click();
    await page.getByRole('complementary', { name: 'Alert down' }).waitFor();
    engine.close();
  },
  120_000,
);
