import { afterEach, describe, expect, it } from 'vitest';
import type { ForecastDetail } from '../../../../main/contract/forecast.ts';
import { ForecastsPage } from '../../../../renderer/pages/forecasts/forecasts-page.tsx';
import { ForecastTab } from '../../../../renderer/pages/machine/forecast-tab.tsx';
import { sampleForecast, untoldForecast } from '../../../support/sample-forecast.ts';
import { type FakeBridge, fakeBridge } from '../../support/fake-bridge.ts';
import { machineOf } from '../../support/fleet-story.ts';
import { buttonNamed, type Mounted, mount } from '../../support/mount.tsx';

const gitea = machineOf(5, 'gitea');
const forecasts = [
  sampleForecast({ machineId: gitea.id }),
  sampleForecast({
    machine: 'calm',
    machineId: 'calm',
    atRisk: false,
    daysUntilThreshold: null,
    trend: 'stable',
    pointsPerDay: 0,
  }),
  sampleForecast({
    machine: 'young',
    machineId: 'young',
    currentValue: 89,
    daysUntilThreshold: 25,
    band: null,
    backtestError: null,
    worstBacktestError: null,
  }),
  untoldForecast({
    machine: 'jumpy',
    machineId: 'jumpy',
    status: 'not reliable',
    backtestError: 34,
    worstBacktestError: 51,
    reason: 'A forecast of the last weeks was off by 51 %; the limit is 13.5 %.',
  }),
  untoldForecast({ machine: 'new', machineId: 'new', currentValue: 12 }),
  untoldForecast({ machine: 'new', machineId: 'new', metric: 'cpuPercent', recordedDays: 0, currentValue: null }),
];

function detailOf(input: Record<string, unknown>): ForecastDetail {
  const found = forecasts.find(
    ({ machineId, metric }) => machineId === input.machine && metric === (input.metric ?? metric),
  );
  const forecast = found ?? untoldForecast({ machineId: String(input.machine), reason: 'Nothing has been read yet.' });
  const isForetold = forecast.status === 'ok';
  return {
    forecast,
    measured: [
      { at: '2026-03-01T00:00:00Z', value: 70, low: null, high: null },
      { at: '2026-03-02T00:00:00Z', value: null, low: null, high: null },
      { at: '2026-03-17T19:00:00Z', value: 78.4, low: null, high: null },
    ],
    ahead: isForetold
      ? [
          { at: forecast.at, value: 78.4, low: 77, high: 79 },
          { at: '2026-04-02T20:00:00.000Z', value: 89, low: 85, high: 91 },
          { at: '2026-04-08T20:00:00.000Z', value: 93, low: 90.5, high: 96 },
        ]
      : [],
    record:
      forecast.backtestError === null
        ? []
        : [
            { at: '2026-03-01T20:00:00Z', points: 1.1, lean: 0.8, percent: 1.5 },
            { at: '2026-03-05T20:00:00Z', points: 1.9, lean: -1.9, percent: 2.4 },
          ],
  };
}

let mounted: Mounted;
let bridge: FakeBridge;
afterEach(() => mounted.unmount());

async function open(): Promise<void> {
  bridge = fakeBridge([gitea]);
  bridge.answer('forecast.list', () => forecasts);
  bridge.answer('forecast.get', detailOf);
  mounted = await mount(<ForecastsPage />, bridge);
  await mounted.eventually(() => expect(mounted.page.querySelector('.forecast')).not.toBeNull());
}

const part = (title: string): HTMLElement | null => mounted.page.querySelector(`section[aria-label="${title}"]`);
const namesIn = (title: string): (string | undefined)[] =>
  [...(part(title)?.querySelectorAll('.foreign') ?? [])].map((each) => each.textContent ?? undefined);
const words = (): string => mounted.page.querySelector('.forecast')?.textContent ?? '';
const entry = (name: string): Element | undefined =>
  [...mounted.page.querySelectorAll('.forecast-entry')].find((each) => each.textContent?.includes(name));

describe('the page of forecasts', () => {
  it('puts what is at risk first, and shows the most pressing at once', async () => {
    await open();
    expect(namesIn('At risk')).toEqual(['gitea', 'young']);
    expect(part('At risk')?.textContent).toContain('18 days');
    expect(words()).toContain('days until the disk of gitea passes 90');
    expect(words()).toContain('82.9\u2009% in 7 days, 97.6\u2009% in 30');
    expect(words()).toContain('past error 1.5\u2009%, 2.4\u2009% at worst');
    expect(words()).toContain('between 16 and 22 days');
    expect(words()).toContain('1.9 at worst');
    expect(words()).toContain('8 of 10 fall here');
  });

  it('says "no track record yet" of a forecast that has none', async () => {
    await open();
    await mounted.press(entry('young'));
    await mounted.eventually(() => expect(words()).toContain('No track record yet'));
    expect(part('At risk')?.textContent).toContain('no track record yet');
    expect(mounted.page.querySelector('.track-bars')).toBeNull();
  });

  it('says "not reliable" with the reason and by how much it was off, and draws nothing ahead', async () => {
    await open();
    await mounted.press(entry('jumpy'));
    await mounted.eventually(() => expect(words()).toContain('not reliable'));
    expect(words()).toContain('was off by 51 %');
    expect(words()).toContain('No line is drawn');
    expect(words()).not.toContain('foretold');
    expect(words()).not.toContain('in 7 days');
    expect(part('Not reliable')?.textContent).toContain('past error 34.0\u2009%');
  });

  it('says how many of seven days are there, once for a machine', async () => {
    await open();
    expect(namesIn('Insufficient data')).toEqual(['new']);
    expect(part('Insufficient data')?.textContent).toContain('3 of 7 days');
    await mounted.press(entry('new'));
    await mounted.eventually(() => expect(words()).toContain('insufficient data'));
  });

  it('shows those without a risk on demand', async () => {
    await open();
    expect(namesIn('No risk foretold')).toEqual([]);
    await mounted.press(buttonNamed('Show'));
    expect(namesIn('No risk foretold')).toEqual(['calm']);
  });

  it('is sorted as asked', async () => {
    await open();
    await mounted.press([...mounted.page.querySelectorAll('label.segment')].find((each) => each.textContent === 'Now'));
    expect(namesIn('At risk')).toEqual(['young', 'gitea']);
  });

  it('reads anew when forecasts were weighed', async () => {
    await open();
    bridge.answer('forecast.list', () => []);
    bridge.publish('forecasts.renewed', { at: '2026-03-17T21:00:00Z' });
    await mounted.eventually(() => expect(mounted.page.textContent).toContain('Still to be worked out: 1 machine.'));
  });

  it('says what there is so far, and how many machines are still to come', async () => {
    bridge = fakeBridge([gitea, machineOf(6, 'api'), machineOf(7, 'web')]);
    const asked: unknown[] = [];
    bridge.answer('forecast.list', (input) => {
      asked.push(input);
      return [sampleForecast({ machineId: gitea.id, atRisk: false, daysUntilThreshold: null })];
    });
    bridge.answer('forecast.get', detailOf);
    mounted = await mount(<ForecastsPage />, bridge);
    await mounted.eventually(() => expect(mounted.page.textContent).toContain('Still to be worked out: 2 machines.'));
    expect(asked).toEqual([{ soFar: true }]);
    expect(part('At risk')?.textContent).toContain('Nothing so far.');
    expect(part('At risk')?.textContent).not.toContain('Nothing is.');
  });

  it('is empty without a machine', async () => {
    bridge = fakeBridge([]);
    bridge.answer('forecast.list', () => []);
    mounted = await mount(<ForecastsPage />, bridge);
    await mounted.eventually(() => expect(mounted.page.textContent).toContain('Nothing to foretell'));
  });

  it('says why nothing can be said, and tries again', async () => {
    bridge = fakeBridge([gitea]);
    bridge.answer('forecast.list', () => {
      throw new Error('boom');
    });
    mounted = await mount(<ForecastsPage />, bridge);
    await mounted.eventually(() => expect(mounted.page.textContent).toContain('The forecasts could not be read'));
    bridge.answer('forecast.list', () => forecasts);
    bridge.answer('forecast.get', detailOf);
    await mounted.press(buttonNamed('Try again'));
    await mounted.eventually(() => expect(namesIn('At risk')).toEqual(['gitea', 'young']));
  });
});

describe('the forecast of one machine', () => {
  it('begins with its disk, and shows another metric when asked', async () => {
    bridge = fakeBridge([gitea]);
    bridge.answer('forecast.get', detailOf);
    mounted = await mount(<ForecastTab machine={gitea} />, bridge);
    await mounted.eventually(() => expect(words()).toContain('days until the disk of gitea passes 90'));
    await mounted.press([...mounted.page.querySelectorAll('label.segment')].find((each) => each.textContent === 'CPU'));
    await mounted.eventually(() => expect(words()).toContain('Nothing has been read yet.'));
    expect(bridge.asked.filter(({ name }) => name === 'forecast.get').map(({ input }) => input)).toEqual([
      { machine: gitea.id, metric: 'diskPercent' },
      { machine: gitea.id, metric: 'cpuPercent' },
    ]);
  });
});
