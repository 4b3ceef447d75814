import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createAlertRulesFile } from '../../../../main/adapters/files/alert-rules-file.ts';
import { engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { RecordingLog } from '../../../support/fake-ports.ts';
import { createRealClock } from '../../../support/real-clock.ts';
import { temporaryHome } from '../../adapters/files/temporary-home.ts';

const good = 'rules:\n  - name: busy\n    metric: cpu_percent\n    threshold: 40\n    severity: warning\n';
const patience = { timeout: 30_000, interval: 50 };

it.each([
  ['broken YAML', `${good}  - [\n`, /^alert_rules\.yaml line \d+: /],
  ['an unknown metric', good.replace('cpu_percent', 'cpu'), /^alert_rules\.yaml line 3: rules\.0\.metric: A metric is/],
  [
    'a bad comparison',
    `${good}    comparison: "=="\n`,
    /^alert_rules\.yaml line 6: rules\.0\.comparison: A comparison is/,
  ],
  [
    'a bad channel',
    `${good}    notification_channels: [emial]\n`,
    /^alert_rules\.yaml line 6: rules\.0\.notification_channels\.0: A channel is/,
  ],
])(
  'a file that is saved with %s is told by file, line and field, and the last good rules still fire',
  async (_what, text, said) => {
    const home = temporaryHome();
    const file = path.join(home, 'alert_rules.yaml');
    writeFileSync(file, good, { mode: 0o600 });
    const alertRulesFile = createAlertRulesFile({ home, clock: createRealClock(), log: new RecordingLog() });
    const test = await engineUnderTest({ real: { alertRulesFile } });
    onTestFinished(() => test.engine.stop());
    const told = () =>
      test.events
        .of('engine.notices-changed')
        .at(-1)
        ?.find(({ id }) => id === 'alert rules');

    writeFileSync(file, text);
    await vi.waitFor(() => expect(told()).toMatchObject({ text: expect.stringMatching(said) }), patience);
    expect(test.actions()).toContain('settings.rejected');
    expect(await test.engine.handlers['alert.rules']({}, someone)).toMatchObject([{ name: 'busy', threshold: 40 }]);
    await test.create({ name: 'demo', start: true });
    await test.clock.advance(130_000);
    expect(test.notifier.shown).toMatchObject([{ title: 'demo: busy' }]);

    // Mended, it is in force at once and said no more.
    writeFileSync(file, good.replace('40', '90'));
    await vi.waitFor(async () => {
      expect(await test.engine.handlers['alert.rules']({}, someone)).toMatchObject([{ threshold: 90 }]);
      expect(told()).toBeUndefined();
    }, patience);
  },
);
