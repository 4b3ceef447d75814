import '../../../main/contract/parse-without-eval.ts';
import { azureMachines, signedIn, signedOut } from './azure-story.ts';
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
Object.defineProperty(window, 'vigil', { value: bridge });
