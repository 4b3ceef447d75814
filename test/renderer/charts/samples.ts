import { noValues, type Sample } from '../../../main/contract/sample.ts';

export const minute = 60_000;
export const noon = Date.parse('2026-03-17T12:00:00.000Z');

/** A good reading of the guest, so many minutes after noon. */
export function sampleAt(minutes: number, over: Partial<Sample> = {}): Sample {
  return {
    ...noValues,
    cpuPercent: 10,
    machine: 'demo',
    machineId: '00000000-0000-4000-8000-000000000001',
    source: 'guest',
    at: new Date(noon + minutes * minute).toISOString(),
    success: true,
    level: 'raw',
    ...over,
  };
}

export function failedAt(minutes: number, error = 'no answer'): Sample {
  return sampleAt(minutes, { ...noValues, success: false, error });
}
