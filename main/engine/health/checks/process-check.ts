import { type Check, good } from './check.ts';

/** Whether the process that was started for it still lives: the very one, neither its number alone nor what is left of it. */
export const processCheck: Check = {
  method: 'process',
  subjects: ({ power }) => (power === null ? [] : [null]),
  run: async (_subject, { watched: { id }, ports }) => {
    try {
      await ports.findProcess(id);
      return good('Its process lives.');
    } catch {
      return {
        kind: 'failed',
        reason: 'Its process is gone.',
        advice: 'See its console and its crashes for why.',
        // Its end is seen and dealt with by itself.
        cause: null,
      };
    }
  },
};
