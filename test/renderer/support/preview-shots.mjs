// What is pictured, and how each page is brought into the state it is pictured in.

/**
 * @typedef {object} Shot
 * @property {string} name
 * @property {string} hash
 * @property {string} [query]
 * @property {readonly (readonly [width: number, height: number])[]} sizes
 * @property {(tab: import('playwright').Page) => Promise<void>} [prepare]
 */

const both = /** @type {const} */ ([
  [1280, 800],
  [900, 600],
]);
const one = /** @type {const} */ ([[1280, 800]]);
const build = '#/machines/00000000-0000-4000-8000-000000000001';

/** @type {readonly Shot[]} */
export const shots = [
  {
    name: 'fleet',
    hash: '#/',
    sizes: [
      [1280, 800],
      [1100, 700],
      [900, 600],
    ],
  },
  {
    name: 'fleet-selected',
    hash: '#/',
    sizes: both,
    prepare: async (tab) => {
      await tab.getByLabel('Select gitea').click();
      await tab.getByLabel('Select mail-test').click();
      await tab.getByRole('row', { name: /k3s-a/ }).click({ button: 'right' });
    },
  },
  {
    name: 'fleet-filtered',
    hash: '#/',
    sizes: one,
    prepare: (tab) => tab.getByLabel('Filter the machines').fill('zzz'),
  },
  {
    name: 'health-sick',
    hash: '#/machines/00000000-0000-4000-8000-000000000008/health',
    sizes: both,
  },
  {
    name: 'health-given-up',
    hash: '#/machines/00000000-0000-4000-8000-000000000017/health',
    sizes: one,
  },
  {
    name: 'health-arming',
    hash: '#/machines/00000000-0000-4000-8000-000000000007/health',
    sizes: [
      [1280, 1500],
      [900, 1500],
    ],
    prepare: async (tab) => {
      await tab.getByText('On failure', { exact: true }).click();
      await tab.getByLabel('TCP ports').fill('443\nhttps');
      await tab.getByText('Someone worked on it', { exact: false }).waitFor();
    },
  },
  {
    name: 'settings-paused',
    hash: '#/settings',
    sizes: both,
    prepare: async (tab) => {
      await tab.getByRole('button', { name: 'Pause for 1 hour' }).click();
      await tab.getByRole('button', { name: 'Resume healing' }).first().waitFor();
    },
  },
  {
    name: 'fleet-bin',
    hash: '#/',
    sizes: both,
    prepare: async (tab) => {
      await tab.getByRole('button', { name: 'Deleted machines' }).click();
      await tab.getByRole('button', { name: 'Bring back old-build' }).waitFor();
    },
  },
  {
    name: 'fleet-cards',
    hash: '#/',
    sizes: both,
    prepare: async (tab) => {
      await tab.getByText('Cards', { exact: true }).click({ force: true });
      await tab.getByRole('gridcell', { name: 'gitea' }).waitFor();
    },
  },
  {
    name: 'fleet-groups',
    hash: '#/',
    sizes: both,
    prepare: async (tab) => {
      await tab.getByRole('button', { name: 'Group: none' }).click();
      await tab.getByRole('menuitemradio', { name: 'Provider' }).click();
      await tab.getByRole('row', { name: /SSH/ }).first().waitFor();
    },
  },
  {
    name: 'fleet-by-cost',
    hash: '#/',
    sizes: [
      [1280, 800],
      [1700, 800],
      [900, 600],
    ],
    prepare: async (tab) => {
      await tab.getByRole('button', { name: 'Sort: worst first' }).click();
      await tab.getByRole('menuitemradio', { name: 'Cost on this computer' }).click();
      await tab.getByRole('button', { name: 'Hold the readings still' }).click();
    },
  },
  {
    name: 'compare',
    hash: '#/compare?machines=00000000-0000-4000-8000-000000000007,00000000-0000-4000-8000-000000000008,00000000-0000-4000-8000-000000000004,00000000-0000-4000-8000-000000000011',
    sizes: both,
    prepare: (tab) => tab.locator('.recharts-surface').waitFor(),
  },
  {
    name: 'machine-month',
    hash: '#/machines/00000000-0000-4000-8000-000000000007',
    sizes: both,
    prepare: async (tab) => {
      await tab.locator('.recharts-surface').nth(4).waitFor();
      await tab.getByText('30 d', { exact: true }).click();
      await tab.locator('.chart-spread').first().waitFor();
      await tab
        .getByRole('slider')
        .first()
        .hover({ position: { x: 190, y: 60 } });
    },
  },
  { name: 'fleet-many', hash: '#/', query: '?fleet=many', sizes: one },
  { name: 'first-run', hash: '#/', query: '?fleet=empty', sizes: both },
  {
    name: 'palette',
    hash: '#/',
    sizes: one,
    prepare: async (tab) => {
      await tab.getByRole('row', { name: /gitea/ }).waitFor();
      await tab.keyboard.press('Control+k');
      await tab.keyboard.type('st bu');
    },
  },
  {
    name: 'keys',
    hash: '#/',
    sizes: one,
    prepare: async (tab) => {
      await tab.getByRole('row', { name: /gitea/ }).waitFor();
      await tab.keyboard.press('?');
    },
  },
  {
    name: 'machine',
    hash: '#/machines/00000000-0000-4000-8000-000000000004',
    sizes: both,
    prepare: (tab) => tab.locator('.recharts-surface').nth(4).waitFor(),
  },
  {
    name: 'machine-day',
    hash: '#/machines/00000000-0000-4000-8000-000000000004',
    sizes: one,
    prepare: async (tab) => {
      await tab.locator('.recharts-surface').nth(4).waitFor();
      await tab.getByText('24 h', { exact: true }).click();
      await tab
        .getByRole('slider')
        .first()
        .hover({ position: { x: 190, y: 90 } });
    },
  },
  {
    name: 'machine-host-view',
    hash: '#/machines/00000000-0000-4000-8000-000000000010',
    sizes: one,
    prepare: (tab) => tab.locator('.recharts-surface').nth(1).waitFor(),
  },
  { name: 'machine-ssh-down', hash: '#/machines/00000000-0000-4000-8000-000000000008', sizes: one },
  { name: 'machine-stopped', hash: '#/machines/00000000-0000-4000-8000-000000000011', sizes: one },
  { name: 'machine-failed', hash: build, sizes: one },
  { name: 'machine-health', hash: '#/machines/00000000-0000-4000-8000-000000000008/health', sizes: both },
  { name: 'machine-security', hash: '#/machines/00000000-0000-4000-8000-000000000016/health', sizes: both },
  { name: 'machine-configuration', hash: '#/machines/00000000-0000-4000-8000-000000000004/configuration', sizes: one },
  { name: 'host', hash: '#/machines/00000000-0000-4000-8000-000000000015', sizes: one },
  {
    name: 'add-host',
    hash: '#/add-host',
    sizes: both,
    prepare: async (tab) => {
      await tab.getByLabel('Name', { exact: true }).fill('pi-attic');
      await tab.getByLabel('Address', { exact: true }).fill('pi.example.org');
      await tab.getByLabel('Port', { exact: true }).fill('70000');
    },
  },
  { name: 'machine-timeline', hash: `${build}/timeline`, sizes: both },
  {
    name: 'machine-console',
    hash: `${build}/console`,
    sizes: both,
    prepare: (tab) => tab.getByLabel('Search the console').fill('memory'),
  },
  { name: 'machine-stopping', hash: '#/machines/00000000-0000-4000-8000-000000000005', sizes: one },
  {
    name: 'machine-delete',
    hash: '#/machines/00000000-0000-4000-8000-000000000007',
    sizes: one,
    prepare: async (tab) => {
      await tab.getByRole('button', { name: 'More for gitea' }).click();
      await tab.getByRole('menuitem', { name: 'Delete…' }).click();
    },
  },
  {
    name: 'new-machine',
    hash: '#/new',
    sizes: both,
    prepare: async (tab) => {
      await tab.getByLabel('Name', { exact: true }).fill('Build arm');
      await tab.getByLabel('Memory', { exact: true }).fill('16384');
      await tab.getByRole('button', { name: 'Add a forward' }).click();
    },
  },
  {
    name: 'new-machine-creating',
    hash: '#/new',
    sizes: one,
    prepare: async (tab) => {
      await tab.getByLabel('Name', { exact: true }).fill('build-arm-2');
      await tab.getByRole('button', { name: 'Advanced' }).click();
      await tab.getByLabel('Tags').fill('ci');
      await tab.keyboard.press('Enter');
      await tab.keyboard.press('Control+Enter');
    },
  },
  { name: 'activity', hash: '#/activity', sizes: both },
  {
    name: 'settings',
    hash: '#/settings',
    sizes: [
      [1280, 1500],
      [900, 1900],
    ],
  },
  { name: 'azure-fleet', hash: '#/', query: '?fleet=azure', sizes: both },
  { name: 'azure-billed', hash: '#/machines/00000000-0000-4000-8000-000000000202', query: '?fleet=azure', sizes: both },
  {
    name: 'azure-schedule',
    hash: '#/machines/00000000-0000-4000-8000-000000000201/configuration',
    query: '?fleet=azure',
    sizes: both,
    prepare: async (tab) => tab.getByLabel('Schedule', { exact: true }).last().scrollIntoViewIfNeeded(),
  },
  {
    name: 'azure-log',
    hash: '#/machines/00000000-0000-4000-8000-000000000201/console',
    query: '?fleet=azure',
    sizes: both,
  },
  {
    name: 'azure-screen',
    hash: '#/machines/00000000-0000-4000-8000-000000000201/console',
    query: '?fleet=azure',
    sizes: both,
    prepare: async (tab) => {
      await tab.getByText('Screen', { exact: true }).click({ force: true });
      await tab.getByRole('img', { name: 'The screen of web-eu-1' }).waitFor();
    },
  },
  {
    name: 'azure-no-console',
    hash: '#/machines/00000000-0000-4000-8000-000000000203/console',
    query: '?fleet=azure',
    sizes: both,
  },
  {
    name: 'azure-cards',
    hash: '#/',
    query: '?fleet=azure',
    sizes: one,
    prepare: async (tab) => tab.getByText('Cards', { exact: true }).click({ force: true }),
  },
  {
    name: 'azure-stop',
    hash: '#/machines/00000000-0000-4000-8000-000000000201/configuration',
    query: '?fleet=azure',
    sizes: one,
    prepare: async (tab) => {
      await tab.getByRole('button', { name: 'Stop…' }).click();
      await tab.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'azure-settings',
    hash: '#/settings',
    query: '?fleet=azure',
    sizes: both,
    prepare: async (tab) => tab.getByLabel('Azure', { exact: true }).scrollIntoViewIfNeeded(),
  },
  {
    name: 'azure-code',
    hash: '#/settings',
    query: '?fleet=empty',
    sizes: one,
    prepare: async (tab) => {
      await tab.getByLabel('Application id').fill('c0a80101-0000-4000-8000-00000000abcd');
      await tab.getByRole('button', { name: 'With a code' }).click();
      await tab.getByText('F3KQ-7HWN').waitFor();
    },
  },
  {
    name: 'disconnected',
    hash: '#/',
    sizes: one,
    prepare: async (tab) => {
      await tab.getByRole('row', { name: /gitea/ }).waitFor();
      await tab.evaluate(() => {
        const bridge = /** @type {any} */ (window).vigil;
        bridge.publish('engine.disconnected', { reason: 'The engine ended (exit code 137).' });
      });
    },
  },
  { name: 'alerts', hash: '#/alerts', sizes: both },
  {
    name: 'alerts-detail',
    hash: '#/alerts/active/00000000-0000-4000-8000-000000000705',
    sizes: both,
    prepare: (tab) => tab.getByText('Told', { exact: true }).waitFor(),
  },
  { name: 'alerts-none', hash: '#/alerts', query: '?fleet=empty', sizes: one },
  {
    name: 'alerts-history',
    hash: '#/alerts/history',
    sizes: both,
    prepare: (tab) => tab.getByRole('row').nth(12).waitFor(),
  },
  {
    name: 'alerts-rules',
    hash: '#/alerts/rules/high_memory',
    sizes: both,
    prepare: (tab) => tab.locator('.rehearsal-chart .recharts-surface').waitFor(),
  },
  {
    name: 'alerts-condition',
    hash: '#/alerts/rules/machine_down',
    sizes: both,
    prepare: (tab) => tab.locator('.rehearsal-list').waitFor(),
  },
  {
    name: 'alerts-inbox',
    hash: '#/alerts',
    sizes: both,
    prepare: async (tab) => {
      await tab.getByRole('button', { name: /^Inbox: / }).click();
      await tab.getByLabel('Inbox', { exact: true }).waitFor();
    },
  },
  {
    name: 'alerts-rule-new',
    hash: '#/alerts/rules/-new',
    sizes: both,
    prepare: async (tab) => {
      await tab.getByLabel('Threshold').fill('900');
      await tab.getByRole('button', { name: /Which machines/ }).click();
      await tab.getByLabel('Windows').fill('someday');
    },
  },
  {
    name: 'alerts-file',
    hash: '#/alerts/rules/-file',
    sizes: both,
    prepare: async (tab) => {
      await tab.evaluate(() => {
        const bridge = /** @type {any} */ (window).vigil;
        bridge.answer('alert.judge-text', () => [
          { line: 4, shownLine: 4, message: 'rules.0.metric: A metric is one of cpu_percent, memory_percent.' },
        ]);
      });
      await tab.getByRole('textbox', { name: 'Text of the rules' }).click();
      await tab.keyboard.press('ControlOrMeta+Home');
      for (let line = 0; line < 3; line += 1) await tab.keyboard.press('ArrowDown');
      await tab.keyboard.press('End');
      await tab.keyboard.insertText('s');
      await tab.getByText('alert_rules.yaml line 4').waitFor();
    },
  },
  {
    name: 'alerts-channels',
    hash: '#/alerts/channels/slack',
    sizes: both,
    prepare: (tab) => tab.locator('.message').waitFor(),
  },
  {
    name: 'alerts-channel-mail',
    hash: '#/alerts/channels/email',
    sizes: one,
    prepare: (tab) => tab.locator('.message').waitFor(),
  },
  {
    name: 'alerts-channel-teams',
    hash: '#/alerts/channels/teams',
    sizes: one,
    prepare: (tab) => tab.locator('.message').waitFor(),
  },
  {
    name: 'alerts-channel-webhook',
    hash: '#/alerts/channels/webhook',
    sizes: one,
    prepare: (tab) => tab.locator('.message').waitFor(),
  },
  {
    name: 'alerts-deliveries',
    hash: '#/alerts/deliveries',
    sizes: both,
    prepare: (tab) => tab.getByRole('button', { name: 'Send again' }).first().waitFor(),
  },
  {
    name: 'alerts-maintenance',
    hash: '#/alerts/maintenance',
    sizes: both,
    prepare: async (tab) => {
      await tab.getByText('Once', { exact: true }).click();
      await tab.getByRole('button', { name: 'Add' }).click();
    },
  },
  {
    name: 'forecasts',
    hash: '#/forecasts',
    sizes: both,
    prepare: async (tab) => {
      await tab.getByRole('button', { name: /gitea/ }).click();
      await forecastDrawn(tab);
    },
  },
  {
    name: 'forecasts-unreliable',
    hash: '#/forecasts',
    sizes: one,
    prepare: async (tab) => {
      await tab.getByRole('region', { name: 'Not reliable' }).getByRole('button').first().click();
      await forecastDrawn(tab);
    },
  },
  {
    name: 'forecasts-insufficient',
    hash: '#/forecasts',
    sizes: one,
    prepare: async (tab) => {
      await tab.getByRole('button', { name: 'Show' }).click();
      await tab.getByRole('region', { name: 'Insufficient data' }).getByRole('button').first().click();
      await forecastDrawn(tab);
    },
  },
  {
    name: 'forecasts-young',
    hash: '#/forecasts',
    sizes: one,
    prepare: async (tab) => {
      await tab
        .getByRole('button', { name: /web-prod-1/ })
        .first()
        .click();
      await forecastDrawn(tab);
    },
  },
  { name: 'machine-forecast', hash: `${build}/forecast`, sizes: both, prepare: forecastDrawn },
];

/** @param {import('playwright').Page} tab */
async function forecastDrawn(tab) {
  await tab.locator('.forecast-chart .recharts-surface').waitFor();
}
