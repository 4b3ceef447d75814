import type { ChannelMessage } from '../../../../main/engine/ports/channels.ts';

export const sampleMessage: ChannelMessage = {
  title: 'web-1: high_cpu',
  body: "CPU of 'web-1' is 91.2 %: above 80 %.",
  severity: 'warning',
  isOver: false,
  at: '2026-01-01T00:00:00.000Z',
  isRepeat: false,
  isTest: false,
  alerts: [
    {
      key: 'high_cpu/2c1f3c1e-0000-4000-8000-000000000001/1',
      episode: '2c1f3c1e-0000-4000-8000-000000000009',
      rule: 'high_cpu',
      machine: 'web-1',
      metric: 'cpu_percent',
      value: 91.2,
      threshold: 80,
      severity: 'warning',
      tells: ['firing'],
      sentence: "CPU of 'web-1' is 91.2 %: above 80 %.",
      firedAt: '2026-01-01T00:00:00.000Z',
      resolvedAt: null,
    },
  ],
};
