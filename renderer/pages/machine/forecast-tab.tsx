import { useState } from 'react';
import { type ForecastMetric, forecastMetrics } from '../../../main/contract/forecast.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { Segments } from '../../components/segments.tsx';
import { ForecastView } from '../forecasts/forecast-view.tsx';

const words: Readonly<Record<ForecastMetric, string>> = {
  cpuPercent: 'CPU',
  memoryPercent: 'Memory',
  diskPercent: 'Disk',
};

/** What runs out next on one machine. */
export function ForecastTab({ machine }: { readonly machine: Machine }) {
  const [metric, setMetric] = useState<ForecastMetric>('diskPercent');
  return (
    <div className="forecast-tab scroll">
      <Segments
        name="Metric"
        options={forecastMetrics.map((value) => ({ value, label: words[value] }))}
        value={metric}
        onChange={(value) => setMetric(forecastMetrics.find((each) => each === value) ?? 'diskPercent')}
      />
      <ForecastView key={`${machine.id} ${metric}`} machineId={machine.id} metric={metric} />
    </div>
  );
}
