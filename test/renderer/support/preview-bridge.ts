import '../../../main/contract/parse-without-eval.ts';
import { azureMachines, signedIn, signedOut, storyBootLog } from './azure-story.ts';
import { fakeBridge } from './fake-bridge.ts';
import { machineOf, storyMachines } from './fleet-story.ts';

/** Runs before the page's own script: `?fleet=empty|many|azure` picks another fleet than the story's. */
const fleet = new URLSearchParams(window.location.search).get('fleet');
const many = () => [
  ...storyMachines,
  ...Array.from({ length: 986 }, (_, index) => machineOf(100 + index, `worker-${index + 1}`, { tags: ['load'] })),
];
const machines = { empty: [], many: many(), azure: [...azureMachines, ...storyMachines.slice(6, 10)] };
const bridge = fakeBridge(
  fleet === null || !(fleet in machines) ? storyMachines : machines[fleet as keyof typeof machines],
);
bridge.answer('azure.status', () => (fleet === 'azure' ? signedIn : signedOut));
bridge.answer('azure.schedules', () =>
  fleet !== 'azure'
    ? []
    : [
        {
          machine: 'web-eu-1',
          schedule: 'start 08:00, stop 19:00, mon-fri, Europe/Berlin',
          machineId: azureMachines[0]?.id ?? null,
          zone: 'Europe/Berlin',
          next: { verb: 'start', at: '2026-03-18T07:00:00.000Z' },
        },
      ],
);
bridge.answer('azure.sign-in', () => ({
  id: '00000000-0000-4000-8000-000000000700',
  way: 'device-code',
  address: 'https://login.microsoft.com/device',
  code: 'F3KQ-7HWN',
  expiresAt: '2026-03-17T20:44:15.000Z',
}));
bridge.answer('azure.sign-in-wait', () => new Promise(() => {}));
bridge.answer('azure.boot-log', () => ({ text: storyBootLog }));
bridge.answer('machine.screenshot', () => ({
  machine: 'web-eu-1',
  at: '2026-03-17T20:24:05.000Z',
  width: 1024,
  height: 768,
  bytes: 30_000,
  path: null,
  png: screenOf(storyBootLog),
}));

/** The text, as the screen of a machine shows it. */
function screenOf(text: string): string {
  const canvas = document.createElement('canvas');
  canvas.width = 1024;
  canvas.height = 768;
  const pen = canvas.getContext('2d');
  if (pen === null) return '';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = '#aaaaaa';
  pen.font = '14px monospace';
  for (const [index, line] of text.split('\r\n').entries()) pen.fillText(line, 0, 14 + index * 16);
  return canvas.toDataURL('image/png').split(',')[1] ?? '';
}

Object.defineProperty(window, 'vigil', { value: bridge });
