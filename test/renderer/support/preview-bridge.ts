import '../../../main/contract/parse-without-eval.ts';
import { fakeBridge } from './fake-bridge.ts';
import { machineOf, storyMachines } from './fleet-story.ts';

/** Runs before the page's own script: `?fleet=empty|many` picks another fleet than the story's. */
const fleet = new URLSearchParams(window.location.search).get('fleet');
const many = () => [
  ...storyMachines,
  ...Array.from({ length: 986 }, (_, index) => machineOf(100 + index, `worker-${index + 1}`, { tags: ['load'] })),
];
const bridge = fakeBridge(fleet === 'empty' ? [] : fleet === 'many' ? many() : storyMachines);
Object.defineProperty(window, 'vigil', { value: bridge });
