import { lazy, Suspense, useMemo } from 'react';
import { type ForecastDetail, riskThreshold } from '../../main/contract/forecast.ts';
import { forecastRows } from './forecast-rows.ts';
import { useBox } from './use-box.ts';

const Plot = lazy(() => import('./forecast-plot.tsx').then(({ ForecastPlot }) => ({ default: ForecastPlot })));

interface ForecastFigureProps {
  readonly title: string;
  readonly detail: ForecastDetail;
  /** For those who do not see it. */
  readonly words: string;
}

/** The chart of a forecast with its key. Where nothing is foretold, nothing is drawn ahead. */
export function ForecastFigure({ title, detail, words }: ForecastFigureProps) {
  const { ref, box } = useBox<HTMLDivElement>();
  const facts = useMemo(() => forecastRows(detail, riskThreshold), [detail]);
  const isForetold = detail.ahead.length > 0;
  const hasBand = detail.ahead.some(({ low }) => low !== null);
  return (
    <figure className="chart forecast-chart" aria-label={`${title}: ${words}`}>
      <figcaption className="chart-head">
        <h3>{title}</h3>
        <span className="forecast-key faint">
          <i className="forecast-key-measured" /> measured
          {isForetold ? (
            <>
              <i className="forecast-key-ahead" /> foretold
            </>
          ) : null}
          {hasBand ? (
            <>
              <i className="forecast-key-band" /> 8 of 10 fall here
            </>
          ) : null}
          <i className="forecast-key-risk" /> risk {riskThreshold}
        </span>
      </figcaption>
      <div className="chart-place" ref={ref}>
        {detail.measured.length === 0 ? (
          <p className="chart-none faint">Nothing has been read yet.</p>
        ) : box === null ? null : (
          <Suspense fallback={<span aria-busy="true" />}>
            <div aria-hidden="true" className="chart-plot">
              <Plot facts={facts} threshold={riskThreshold} width={box.width} height={box.height} />
            </div>
          </Suspense>
        )}
      </div>
    </figure>
  );
}
