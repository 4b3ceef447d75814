import { errorLimitPercent, type ForecastDetail, type PastForecastError } from '../../../main/contract/forecast.ts';
import { oneDecimal, percentage } from '../../format/readings.ts';
import { dayAndMonth } from '../../format/times.ts';

/** As many bars as have room, spread over the weeks that are known. */
const shownBars = 6;

/** How forecasts of this kind would have done: made seven days ahead, held against what came. */
export function TrackRecord({ detail }: { readonly detail: ForecastDetail }) {
  const { forecast, record } = detail;
  const { backtestError, status } = forecast;
  if (record.length === 0 || backtestError === null)
    return status === 'ok' ? (
      <section className="track-record">
        <div>
          <h3 className="section-title">No track record yet</h3>
          <p className="small quiet">
            This is the straight line through {forecast.recordedDays} days of readings. From 14 days on, forecasts are
            held against what came, and the line gets a band.
          </p>
        </div>
      </section>
    ) : null;
  const points = record.map((each) => each.points);
  const average = points.reduce((sum, each) => sum + each, 0) / points.length;
  return (
    <section className="track-record">
      <div>
        <h3 className="section-title">Track record</h3>
        <p className="small quiet">
          Forecasts made 7 days ahead, against what came: off by <b>{oneDecimal(average)} points</b> on average,{' '}
          <b>{oneDecimal(Math.max(...points))}</b> at worst. That is {percentage(backtestError)} of the value on average
          and {percentage(forecast.worstBacktestError ?? backtestError)} at worst; the limit is{' '}
          {percentage(errorLimitPercent)}. Bars: by how much the whole week came out too high (+) or too low (−).
        </p>
      </div>
      <Bars record={spread(record)} />
    </section>
  );
}

function spread(record: readonly PastForecastError[]): readonly PastForecastError[] {
  if (record.length <= shownBars) return record;
  const step = (record.length - 1) / (shownBars - 1);
  return Array.from({ length: shownBars }, (_, index) => record[Math.round(index * step)]).filter(
    (each) => each !== undefined,
  );
}

const barHeight = 22;
/** A bar of full height stands for so many points at least: what is off by next to nothing must not look like much. */
const leastScale = 1;

/** Too high stands above the line, too low below it. */
function Bars({ record }: { readonly record: readonly PastForecastError[] }) {
  const most = Math.max(...record.map(({ lean }) => Math.abs(lean)), leastScale);
  const words = record.map(({ at, lean }) => `${dayAndMonth(Date.parse(at))} ${signed(lean)}`).join(', ');
  return (
    <div className="track-bars" role="img" aria-label={`Past forecasts, too high or too low by points: ${words}`}>
      {record.map(({ at, lean }) => {
        const height = Math.max(1, (Math.abs(lean) / most) * barHeight);
        const isHigh = lean >= 0;
        return (
          <span key={at} className={isHigh ? 'track-bar track-high' : 'track-bar track-low'}>
            <u style={isHigh ? { bottom: 54 + height } : { top: 44 + height }}>{signed(lean)}</u>
            <i style={{ height }} />
            <s>{dayAndMonth(Date.parse(at))}</s>
          </span>
        );
      })}
    </div>
  );
}

function signed(value: number): string {
  const words = oneDecimal(Math.abs(value));
  if (words === oneDecimal(0)) return words;
  return `${value < 0 ? '\u2212' : '+'}${words}`;
}
