import { VigilError } from '../contract/failure.ts';
import { type SampleMetric, type SampleSource, sampleMetrics, sampleSources } from '../contract/sample.ts';

/** What the command line, CSV files and rules call a measured value. */
export const metricNames: Readonly<Record<SampleMetric, string>> = {
  cpuPercent: 'cpu_percent',
  memoryPercent: 'memory_percent',
  diskPercent: 'disk_percent',
  diskReadBytesPerSecond: 'disk_read_bytes_per_second',
  diskWriteBytesPerSecond: 'disk_write_bytes_per_second',
  networkInBytesPerSecond: 'network_in_bytes_per_second',
  networkOutBytesPerSecond: 'network_out_bytes_per_second',
};

/** Parser of `--metric`. */
export function metricName(text: string): SampleMetric {
  const found = sampleMetrics.find((metric) => metricNames[metric] === text);
  if (found !== undefined) return found;
  throw new VigilError('bad-input', `There is no metric '${text.slice(0, 40)}'.`, {
    field: 'metric',
    hint: `One of ${Object.values(metricNames).join(', ')}.`,
  });
}

/** Parser of `--source`. */
export function sourceName(text: string): SampleSource {
  const found = sampleSources.find((source) => source === text);
  if (found !== undefined) return found;
  throw new VigilError('bad-input', `There is no source '${text.slice(0, 40)}'.`, {
    field: 'source',
    hint: `One of ${sampleSources.join(', ')}.`,
  });
}
